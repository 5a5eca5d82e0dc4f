/**
 * The headers that go to the origin: the client's, without those that are the edge's to say and those
 * that concern one connection only (RFC 9110 §7.6.1).
 */
import type { Site } from "../request/target.ts";

/**
 * nginx reads `-` and `_` in a name alike where `underscores_in_headers` is on, as the Document Server's
 * package has it; CGI does so for every sign that is no letter and no digit.
 */
const canonicalName = (name: string) => (PLAIN_NAME.test(name) ? name : name.replace(/[^a-z\d]/g, "-"));
const PLAIN_NAME = /^[a-z\d-]+$/;

/**
 * Who the client is, where it called, and the edge's own: the origin believes these, so only the edge sets
 * them. `x-url` made the server fetch any address until 8.1.
 */
const EDGE_ONLY = /^(?:x-forwarded-.*|x-edge-.*|forwarded|x-real-ip|cloudfront-forwarded-proto|x-url)$/;
const HOP_BY_HOP =
	/^(?:connection|expect|http2-settings|keep-alive|proxy-authorization|proxy-connection|te|trailer|transfer-encoding)$/;

/** What the edge decided on. No other spelling of it goes on, and a client cannot have it dropped. */
const JUDGED = ["authorization", "cf-connecting-ip", "content-encoding", "content-length", "upgrade"];

/**
 * The origin's headers, made of the client's.
 *
 * @param site where the client called
 * @param prefix value of `X-Forwarded-Prefix`, "" for none
 * @param tokenHeader where the token was looked for
 */
export function forwardedHeaders(
	received: Headers,
	site: Site,
	prefix: string,
	tokenHeader: string,
): Headers {
	const headers = new Headers(received);
	const judged = [...JUDGED, tokenHeader.toLowerCase()];
	const dropped: string[] = [];
	let client = "";
	// Each look into headers is a call into the platform: this is the only one at all of them.
	headers.forEach((value, name) => {
		if (name === "cf-connecting-ip") client = value;
		if (name === "connection") dropped.push(...namedIn(value, judged));
		const isOtherUpgrade = name === "upgrade" && value.toLowerCase() !== "websocket";
		const canonical = canonicalName(name);
		const isOther = !judged.includes(name) && judged.some((one) => canonicalName(one) === canonical);
		if (isOtherUpgrade || isOther || EDGE_ONLY.test(canonical) || HOP_BY_HOP.test(canonical))
			dropped.push(name);
	});
	for (const name of dropped) headers.delete(name);

	headers.set("X-Forwarded-Host", site.host);
	headers.set("X-Forwarded-Proto", site.protocol === "https:" ? "https" : "http");
	if (client !== "") headers.set("X-Forwarded-For", client);
	if (prefix !== "") headers.set("X-Forwarded-Prefix", prefix);
	return headers;
}

/** Headers that a client declares to be of its connection alone. */
function namedIn(connection: string, judged: readonly string[]): Set<string> {
	const names = connection.split(",", NAMED_LIMIT).map((name) => name.trim().toLowerCase());
	return new Set(names.filter((name) => HEADER_NAME.test(name) && !judged.includes(name)));
}

/** Each costs a call into the platform; real ones name one or two. */
const NAMED_LIMIT = 100;

/** `Headers.delete` throws on anything else; a `Connection` header may name anything. */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;
