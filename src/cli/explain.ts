/**
 * `docs-edge explain`: the edge's decision on one request, step by step, and the near miss that would explain it.
 *
 * The verdict is that of `decide`, the Worker's own function. The other steps show the request as `decide` read it. An
 * explanation never holds a secret or a token.
 */
import type { Host } from "../config/host.ts";
import { decide } from "../decide.ts";
import { readSecureLink } from "../link/secure-link.ts";
import { readSha256Link, type Sha256Link } from "../link/sha256-link.ts";
import { replyTo } from "../reply/reply.ts";
import { readBody } from "../request/body.ts";
import { insidePrefix, readTarget, type Target } from "../request/target.ts";
import { findRoute } from "../routes/find-route.ts";
import { type Route, readsBody } from "../routes/route.ts";
import { findToken } from "../token/find-token.ts";
import type { Reason } from "../verdict.ts";
import { explainLinkMiss } from "./near-miss/link.ts";
import { describePair, describeProof, explainProofMiss } from "./near-miss/proof.ts";
import { explainTokenMiss } from "./near-miss/token.ts";
import type { PastedRequest } from "./read-request.ts";
import { describeReason, describeRequirement } from "./reference.ts";

export interface ExplainedStep {
	readonly name: "target" | "route" | "credential" | "verdict" | "reply" | "hint";
	readonly ok: boolean;
	readonly text: string;
}

export interface Explanation {
	readonly ok: boolean;
	readonly reason?: Reason;
	readonly key?: string;
	/** The status that a refused client gets. */
	readonly status?: number;
	readonly steps: readonly ExplainedStep[];
	/** The mistake under which the credential would fit. */
	readonly nearMiss?: string;
}

export async function explain(pasted: PastedRequest, host: Host, nowMs: number): Promise<Explanation> {
	const request = () => toRequest(pasted);
	// The platform parses a URL before a Worker sees it. Without this, the tool would judge another spelling than the edge.
	const url = URL.parse(pasted.url)?.href ?? pasted.url;
	const called = readTarget({ method: pasted.method, url });
	const decision = await decide(request(), host, nowMs, called);
	const target = "ok" in called ? called : insidePrefix(called, host.origin?.forwardedPrefix ?? "");
	const steps: ExplainedStep[] = [];
	const say = (name: ExplainedStep["name"], ok: boolean, text: string) => void steps.push({ name, ok, text });

	let nearMiss: string | undefined;
	if ("ok" in target) {
		const says =
			target.reason === "path_outside_prefix"
				? "the path is not under FORWARDED_PREFIX"
				: "nginx would refuse this request before it routes it";
		say("target", false, says);
	} else {
		say(
			"target",
			true,
			`nginx reads ${printable(target.uri)}${target.versionPrefix ? `; DocService reads ${printable(target.docService.path)}` : ""}`,
		);
		const match = findRoute(target, host.integration);
		const route = "ok" in match ? undefined : match.route;
		say(
			"route",
			route !== undefined,
			route
				? `${route.id}: ${describeRequirement(route.requires)}`
				: "only a proxy that rewrites paths would take this to a protected route",
		);
		if (route?.requires.kind === "secure-link") {
			const takesOwn = host.keys.sha256Link.keys.length > 0;
			const own = takesOwn ? readSha256Link(target.args, target.site.host, target.uri) : undefined;
			say("credential", decision.ok, own ? describeOwnLink(own.link, target.method) : describeLink(target));
			if (!decision.ok && !own) nearMiss = explainLinkMiss(target, host, Math.floor(nowMs / 1000));
			if (!decision.ok && decision.reason === "link_expired") {
				nearMiss = `it expired ${Math.floor(nowMs / 1000) - Number(readSecureLink(target.uri, target.args).expires)} s ago: the link is old, or a clock is wrong by that much`;
			}
		} else if (route?.requires.kind === "wopi-proof") {
			const proven = { headers: request().headers, href: target.href };
			const says = decision.ok ? describePair(decision.keyName ?? "") : undefined;
			say("credential", decision.ok, [describeProof(proven, nowMs), says].filter(Boolean).join("; "));
			if (!decision.ok) nearMiss = await explainProofMiss(proven, host, nowMs, decision.reason);
		} else if (route?.requires.kind === "token") {
			const found = await findCredential(request(), route, target, host);
			say("credential", found.token !== "", found.text);
			if (!decision.ok) {
				nearMiss = await explainTokenMiss(
					{ found: found.token, elsewhere: found.elsewhere, ring: found.ring, reason: decision.reason },
					host,
					Math.floor(nowMs / 1000),
				);
			}
		}
	}
	say(
		"verdict",
		decision.ok,
		decision.ok
			? `accepted${decision.keyName ? ` with the key ${decision.keyName}` : ""}: it goes to the origin`
			: `refused: ${decision.reason}: ${meaningOf(decision.reason)}`,
	);
	if (decision.ok) return { ok: true, steps, ...(decision.keyName && { key: decision.keyName }) };
	const reply = replyTo(decision.reason, decision, { request: request(), requestId: "-", reasons: true });
	say("reply", false, await describeReply(reply));
	if (nearMiss) say("hint", false, nearMiss);
	return { ok: false, reason: decision.reason, status: reply.status, steps, ...(nearMiss && { nearMiss }) };
}

/** `Request` allows no body with GET or HEAD. A pasted body is left out, although the server would read it. */
function toRequest({ method, url, headers, body }: PastedRequest): Request {
	const isBodiless = method === "GET" || method === "HEAD";
	const safe = URL.canParse(url) ? url : "http://edge.invalid/";
	return new Request(safe, {
		method,
		// A client sends bytes, and the platform reads one character per byte.
		headers: headers.map(([name, value]): [string, string] => [
			name,
			Buffer.from(value, "utf8").toString("latin1"),
		]),
		...(!isBodiless && body !== undefined && { body }),
	});
}

function describeLink({ uri, args }: Target): string {
	const { md5, expires } = readSecureLink(uri, args);
	if (md5 === "" || expires === "") return "md5 or expires is missing";
	return `string to sign: ${printable(expires + uri)}<secret>`;
}

const describeOwnLink = ({ host, uri, expires, network }: Sha256Link, method: string): string =>
	`a link in SHA-256, to sign: ${printable([method, host, expires, network, uri].join("\n"))}`;

async function findCredential(request: Request, route: Route, target: Target, host: Host) {
	const { requires } = route;
	const places = requires.kind === "token" ? requires.places : [];
	const body = readsBody(requires)
		? await readBody(request, {
				limitBytes: host.limits.bodyBytes,
				stallMs: host.clientStallMs,
				keep: false,
			})
		: { text: "" };
	const text = "ok" in body ? "" : body.text;
	const found = findToken(
		places,
		{
			query: target.docService.query,
			headers: request.headers,
			body: text,
			tokenLimit: host.limits.tokenBytes,
		},
		host.tokenHeader,
	);
	const elsewhere = [
		...[...request.headers].map(([name, value]) => [name, value] as const),
		["the query", target.docService.query] as const,
		["the body", text] as const,
	];
	if ("ok" in found) {
		const text = found.reason === "cmd_malformed" ? "the cmd parameter is not JSON" : "the token is too long";
		return { token: "", text, elsewhere, ring: "session" as const };
	}
	const { token, place, secret } = found;
	const isText = typeof token === "string" && token !== "";
	const says = token
		? `found in ${place}: it has to be signed with the ${secret} secret`
		: "no token where the server looks";
	return {
		token: isText ? token : "",
		text: isText || !token ? says : `${says}, and it is not a string`,
		elsewhere,
		ring: secret,
	};
}

function meaningOf(reason: Reason): string {
	const { meaning, whatToDo } = describeReason(reason);
	return `${meaning} ${whatToDo}`;
}

async function describeReply(reply: Response): Promise<string> {
	const type = reply.headers.get("Content-Type") ?? "";
	return `${reply.status} ${type.startsWith("text/html") ? "in nginx's own page" : `${type}: ${await reply.text()}`}`;
}

/** Shows bytes as UTF-8, and escapes control characters: raw ones would reach the operator's terminal. */
function printable(bytes: string): string {
	return JSON.stringify(Buffer.from(bytes, "latin1").toString("utf8")).slice(1, -1);
}
