/**
 * Notes on accepted requests that look like a mistake: the edge says yes, as the server does, and the operator should know
 * why.
 */
import type { Host } from "../../config/host.ts";
import { insidePrefix, readTarget, type Target } from "../../request/target.ts";
import { findRoute } from "../../routes/find-route.ts";
import type { Refusal } from "../../verdict.ts";
import { ANY_HOST, type PastedRequest } from "../paste/pasted.ts";
import { humanDistance } from "../token-text.ts";
import type { Credential } from "./credential.ts";
import type { ExplainOptions } from "./explain.ts";

const YEAR_SECONDS = 31_557_600;
/** A time of this size is in milliseconds: in seconds it would be the year 33658. */
const MILLISECONDS = 1e12;

export function notesOn(
	{ url, method }: PastedRequest,
	credential: Credential | undefined,
	target: Target | Refusal,
	host: Host,
	nowMs: number,
	{ publicHosts = [] }: ExplainOptions,
): string[] {
	const nowSeconds = nowMs / 1000;
	const notes: string[] = [];
	for (const [name, value] of credential?.expiries ?? []) {
		if (value >= MILLISECONDS)
			notes.push(`${name} is in milliseconds: in seconds it is thousands of years ahead`);
		else if (value > nowSeconds + YEAR_SECONDS)
			notes.push(`${name} is ${humanDistance(value - nowSeconds)} ahead`);
	}
	if (credential?.token && credential.expiries.length === 0)
		notes.push("the token has no exp: it is good until its secret changes");
	const { hostname } = URL.parse(url) ?? { hostname: "" };
	const isNamed = publicHosts.length > 0 && !url.startsWith(ANY_HOST);
	if (isNamed && !publicHosts.includes(hostname))
		notes.push(
			`${hostname} is not in routes of wrangler.toml (${publicHosts.join(", ")}): is it this edge's host?`,
		);
	if ("ok" in target) return notes;
	const protectedBy = credential === undefined ? protectedMethods(target, host) : [];
	if (protectedBy.length > 0)
		notes.push(
			`${method} is open here, ${protectedBy.join(" and ")} is protected: did you paste the right method?`,
		);
	return notes;
}

/** Methods with which the same path is protected. */
function protectedMethods({ href, method }: Target, host: Host): string[] {
	return ["GET", "POST"].filter((other) => {
		const called = readTarget({ method: other, url: href });
		const target = "ok" in called ? called : insidePrefix(called, host.origin?.forwardedPrefix ?? "");
		const match = "ok" in target || other === method ? target : findRoute(target, host.integration);
		return (
			!("ok" in match) && "route" in match && !["open", "by-exposure"].includes(match.route.requires.kind)
		);
	});
}
