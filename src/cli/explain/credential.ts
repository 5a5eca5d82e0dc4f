/**
 * Shows the credential of a request as the edge found it: the string that a link signs, or the token with its claims; and
 * looks for the near miss if it was refused.
 */
import type { Host } from "../../config/host.ts";
import type { RingKind } from "../../config/secrets/rings.ts";
import { readSecureLink } from "../../link/secure-link.ts";
import { readSha256Link } from "../../link/sha256-link.ts";
import { readBody } from "../../request/body.ts";
import type { Target } from "../../request/target.ts";
import { type Route, readsBody } from "../../routes/route.ts";
import { findCredential as findInMessage } from "../../socket/credential.ts";
import { findToken } from "../../token/find-token.ts";
import type { Verdict } from "../../verdict.ts";
import { explainLinkMiss } from "../near-miss/link.ts";
import { describePair, describeProof, explainProofMiss } from "../near-miss/proof.ts";
import { explainTokenMiss } from "../near-miss/token.ts";
import type { PastedRequest } from "../paste/pasted.ts";
import {
	claimsOf,
	describeTime,
	headerOf,
	printClaims,
	purposeOf,
	type TokenTime,
	timesOf,
} from "../token-text.ts";
import type { ExplainOptions } from "./explain.ts";
import { printable, toRequest } from "./request.ts";

export interface Credential {
	readonly text: string;
	readonly nearMiss?: string | undefined;
	/** Names and Unix times in seconds, of a link or a token. */
	readonly expiries: readonly (readonly [name: string, value: number])[];
	readonly token?: ShownToken;
	readonly link?: { readonly stringToSign: string; readonly expires: string; readonly says: string };
}

export interface ShownToken {
	/** In one line, for a terminal. */
	readonly text: string;
	readonly header: object;
	readonly claims: object;
	readonly times: readonly TokenTime[];
	readonly purpose?: string;
	readonly key?: string;
	/** The claim that decided. */
	readonly decidedBy?: string;
}

export async function findCredential(
	pasted: PastedRequest,
	route: Route,
	target: Target,
	host: Host,
	verdict: Verdict,
	nowMs: number,
	options: ExplainOptions,
): Promise<Credential | undefined> {
	const nowSeconds = Math.floor(nowMs / 1000);
	switch (route.requires.kind) {
		case "secure-link":
			return ofLink(target, host, verdict, nowSeconds, options);
		case "wopi-proof": {
			const proven = { headers: toRequest(pasted).headers, href: target.href };
			const says = verdict.ok ? describePair(verdict.keyName ?? "") : undefined;
			const text = [describeProof(proven, nowMs), says].filter(Boolean).join("; ");
			const nearMiss = verdict.ok ? undefined : await explainProofMiss(proven, host, nowMs, verdict.reason);
			return { text, nearMiss, expiries: [] };
		}
		case "token":
			return ofToken(await findInRequest(pasted, route, target, host), host, verdict, nowSeconds, options);
		case "socket":
			return ofToken(findInPackets(pasted, host), host, verdict, nowSeconds, options);
		default:
			return undefined;
	}
}

function ofLink(
	target: Target,
	host: Host,
	verdict: Verdict,
	nowSeconds: number,
	{ secret }: ExplainOptions,
): Credential {
	const { uri, args, site, method, canonical, versionPrefix } = target;
	const path = versionPrefix === "" ? uri : canonical;
	const own = host.keys.sha256Link.keys.length > 0 ? readSha256Link(args, site.host, path) : undefined;
	const { md5, expires } = own
		? { md5: own.signature, expires: own.link.expires }
		: readSecureLink(path, args);
	if (md5 === "" || expires === "") return { text: "md5 or expires is missing", expiries: [] };
	const stringToSign = own
		? printable([method, site.host, expires, own.link.network, path].join("\n"))
		: `${printable(expires + path)}<secret>`;
	const seconds = Number(expires);
	const { date, says } = describeTime(seconds, nowSeconds, true);
	const nearMiss =
		verdict.ok || own ? undefined : missOfLink(target, host, verdict.reason, nowSeconds, secret);
	return {
		text: `${own ? "a link in SHA-256, " : ""}string to sign: ${stringToSign}; expires ${date} (${says})`,
		nearMiss,
		expiries: Number.isFinite(seconds) ? [["expires", seconds]] : [],
		link: { stringToSign, expires: date, says },
	};
}

function missOfLink(
	target: Target,
	host: Host,
	reason: string,
	nowSeconds: number,
	secret: string | undefined,
): string | undefined {
	if (reason !== "link_expired") return explainLinkMiss(target, host, nowSeconds, secret);
	const age = nowSeconds - Number(readSecureLink(target.uri, target.args).expires);
	return `it expired ${age} s ago: the link is old, or a clock is wrong by that much`;
}

interface FoundText {
	readonly token: string;
	readonly text: string;
	readonly elsewhere: readonly (readonly [place: string, text: string])[];
	readonly ring: RingKind;
}

async function ofToken(
	found: FoundText,
	host: Host,
	verdict: Verdict,
	nowSeconds: number,
	{ redact = false, secret }: ExplainOptions,
): Promise<Credential> {
	const nearMiss = verdict.ok
		? undefined
		: await explainTokenMiss(
				{ found: found.token, elsewhere: found.elsewhere, ring: found.ring, reason: verdict.reason, secret },
				host,
				nowSeconds,
			);
	if (found.token.split(".").length !== 3) return { text: found.text, nearMiss, expiries: [] };
	const claims = claimsOf(found.token);
	const times = timesOf(claims, nowSeconds);
	const purpose = purposeOf(claims);
	const key = verdict.ok ? verdict.keyName : undefined;
	const shown = printClaims(claims, redact);
	const said = times.map(({ name, date, says }) => `${name} ${date} (${says})`).join(", ");
	const exp = Number(Object(claims).exp);
	const decidedBy = verdict.ok ? undefined : DECIDED_BY[verdict.reason];
	return {
		text: found.text,
		nearMiss,
		expiries: Number.isFinite(exp) ? [["exp", exp]] : [],
		token: {
			text: [
				`header ${JSON.stringify(headerOf(found.token))}`,
				`claims ${shown}`,
				said,
				purpose && `made for: ${purpose}`,
			]
				.filter(Boolean)
				.join("; "),
			header: headerOf(found.token),
			claims: JSON.parse(shown) as object,
			times,
			...(purpose && { purpose }),
			...(key && { key }),
			...(decidedBy && { decidedBy }),
		},
	};
}

const DECIDED_BY: Readonly<Record<string, string>> = {
	token_expired: "exp",
	token_not_yet_valid: "nbf",
	token_claims: "exp",
	token_lifetime: "iat",
	denied_issue_time: "iat",
	token_document: "document",
	denied_document: "document",
	token_url: "url",
	token_url_host: "url",
};

async function findInRequest(
	pasted: PastedRequest,
	route: Route,
	target: Target,
	host: Host,
): Promise<FoundText> {
	const request = toRequest(pasted);
	const { requires } = route;
	const places = requires.kind === "token" ? requires.places : [];
	const rules = { limitBytes: host.limits.bodyBytes, stallMs: host.clientStallMs, keep: false };
	const body = readsBody(requires) ? await readBody(request, rules) : { text: "" };
	const text = "ok" in body ? "" : body.text;
	const { query } = target.docService;
	const parts = { query, headers: request.headers, body: text, tokenLimit: host.limits.tokenBytes };
	const found = findToken(places, parts, host.tokenHeader);
	const elsewhere = [
		...[...request.headers].map(([name, value]) => [name, value] as const),
		["the query", query] as const,
		["the body", text] as const,
	];
	if ("ok" in found) {
		const says = found.reason === "cmd_malformed" ? "the cmd parameter is not JSON" : "the token is too long";
		return { token: "", text: says, elsewhere, ring: "session" };
	}
	return describeFound(found.token, found.place, found.secret, elsewhere);
}

/** The token in the first packet of a polling request that holds one. */
function findInPackets({ body = "" }: PastedRequest, host: Host): FoundText {
	for (const packet of body.split("\x1e")) {
		const credential = findInMessage(packet.slice(1), host.limits.packetBytes);
		if (credential && !("ok" in credential))
			return describeFound(credential.token, credential.carrier, credential.secret, []);
	}
	return {
		token: "",
		text: "the token is in the packets of the socket, not in this request",
		elsewhere: [],
		ring: "browser",
	};
}

function describeFound(
	token: unknown,
	place: string,
	secret: RingKind,
	elsewhere: FoundText["elsewhere"],
): FoundText {
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
