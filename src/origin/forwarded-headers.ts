/**
 * Decides which headers go to the origin: the client's headers, without hop-by-hop headers (RFC 9110 §7.6.1) and
 * without trusted headers. The origin believes trusted headers, so only the edge may set them.
 */
import type { Site } from "../request/target.ts";

/**
 * The trusted headers tell the origin the client's address, the site that it called, and the edge's own values.
 * Servers before 8.1 fetch any address that `x-url` names.
 */
const TRUSTED = /^(?:x-forwarded-.*|x-edge-.*|forwarded|x-real-ip|cloudfront-forwarded-proto|x-url)$/;
const HOP_BY_HOP =
	/^(?:connection|expect|http2-settings|keep-alive|proxy-authorization|proxy-connection|te|trailer|transfer-encoding)$/;
const DROPPED = new RegExp(`${TRUSTED.source}|${HOP_BY_HOP.source}`);

/**
 * Headers that the edge has read. A second spelling is dropped, so the origin cannot read another value. `Connection`
 * cannot remove a header of this list.
 */
const JUDGED = ["authorization", "cf-connecting-ip", "content-encoding", "content-length", "upgrade"];

/**
 * All spellings of one name have to be dropped together. With `underscores_in_headers on`, which the Document Server's
 * package sets, nginx reads `-` and `_` alike. CGI reads every character alike that is neither a letter nor a digit.
 */
const canonicalName = (name: string) => (CANONICAL_NAME.test(name) ? name : name.replace(/[^a-z\d]/g, "-"));
const CANONICAL_NAME = /^[a-z\d-]+$/;

/**
 * The platform sends every request with `Upgrade: websocket` as a GET without a body, whatever was judged. So no other
 * request keeps the header. A WebSocket begins with such a GET (RFC 6455 §4.1).
 *
 * @param mayUpgrade whether the request is a GET without a body
 * @param site the site that the client called
 * @param prefix value of `X-Forwarded-Prefix`, "" for none
 * @param tokenHeaderName the header in which the token was looked for
 */
export function forwardedHeaders(
	received: Headers,
	mayUpgrade: boolean,
	site: Site,
	prefix: string,
	tokenHeaderName: string,
): Headers {
	const headers = new Headers(received);
	const tokenName = tokenHeaderName.toLowerCase();
	const tokenSpelling = canonicalName(tokenName);
	const isJudged = (name: string) => name === tokenName || JUDGED.includes(name);
	const dropped: string[] = [];
	let clientAddress = "";
	// One pass reads all headers: each separate look-up would be a call into the platform. To read the copy costs more.
	received.forEach((value, name) => {
		if (name === "cf-connecting-ip") clientAddress = value;
		else if (name === "connection") dropped.push(...namesInConnection(value, isJudged));
		const canonical = canonicalName(name);
		const isOtherUpgrade = name === "upgrade" && !(mayUpgrade && value.toLowerCase() === "websocket");
		const isOtherSpelling = (canonical === tokenSpelling || JUDGED.includes(canonical)) && !isJudged(name);
		if (isOtherSpelling || isOtherUpgrade || DROPPED.test(canonical)) dropped.push(name);
	});
	for (const name of dropped) headers.delete(name);

	headers.set("X-Forwarded-Host", site.host);
	headers.set("X-Forwarded-Proto", site.protocol === "https:" ? "https" : "http");
	if (clientAddress !== "") headers.set("X-Forwarded-For", clientAddress);
	if (prefix !== "") headers.set("X-Forwarded-Prefix", prefix);
	return headers;
}

/** The headers that the client's `Connection` declares as hop-by-hop (RFC 9110 §7.6.1). */
function namesInConnection(connection: string, isJudged: (name: string) => boolean): Set<string> {
	const names = connection.split(",", NAMES_LIMIT).map((name) => name.trim().toLowerCase());
	return new Set(names.filter((name) => HEADER_NAME.test(name) && !isJudged(name)));
}

/** Each name costs a call into the platform. Real clients send one or two. */
const NAMES_LIMIT = 100;

/** `Headers.delete` throws on any other name, and a `Connection` header may hold any text. */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;
