/**
 * The headers that go to the origin: the client's, without those that are the edge's to say and those
 * that concern one connection only (RFC 9110 §7.6.1).
 */
import type { Site } from "../target/target.ts";

/** Who the client is and where it called, and the edge's own: the origin believes these, so only the edge sets them. */
const EDGE_ONLY = /^(?:x-forwarded-.*|x-edge-.*|forwarded|x-real-ip|cloudfront-forwarded-proto)$/;
const HOP_BY_HOP =
	/^(?:connection|expect|http2-settings|keep-alive|proxy-authorization|proxy-connection|te|trailer|transfer-encoding)$/;

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
	const dropped: string[] = [];
	let client = "";
	// Each look into headers is a call into the platform: this is the only one at all of them.
	headers.forEach((value, name) => {
		if (name === "cf-connecting-ip") client = value;
		if (name === "connection") dropped.push(...namedIn(value, tokenHeader));
		const isOtherUpgrade = name === "upgrade" && value.toLowerCase() !== "websocket";
		if (isOtherUpgrade || EDGE_ONLY.test(name) || HOP_BY_HOP.test(name)) dropped.push(name);
	});
	for (const name of dropped) headers.delete(name);

	headers.set("X-Forwarded-Host", site.host);
	headers.set("X-Forwarded-Proto", site.protocol === "https:" ? "https" : "http");
	if (client !== "") headers.set("X-Forwarded-For", client);
	if (prefix !== "") headers.set("X-Forwarded-Prefix", prefix);
	return headers;
}

/** What was judged is forwarded: a client cannot have it dropped by naming it in `Connection`. */
function namedIn(connection: string, tokenHeader: string): string[] {
	const kept = [tokenHeader.toLowerCase(), "content-encoding", "content-length", "upgrade"];
	const names = connection.split(",").map((name) => name.trim().toLowerCase());
	return names.filter((name) => HEADER_NAME.test(name) && !kept.includes(name));
}

/** `Headers.delete` throws on anything else; a `Connection` header may name anything. */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;
