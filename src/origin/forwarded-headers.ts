/**
 * The headers that go to the origin: the client's, without those that are the edge's to say and those
 * that concern one connection only (RFC 9110 §7.6.1).
 */

/** Who the client is and where it called, and the edge's own: the origin believes these, so only the edge sets them. */
const EDGE_ONLY = /^(?:x-forwarded-.*|x-edge-.*|forwarded|x-real-ip|cloudfront-forwarded-proto)$/;
const HOP_BY_HOP = [
	"connection",
	"expect",
	"http2-settings",
	"keep-alive",
	"proxy-authorization",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
];

/**
 * Turns the client's headers into the origin's, in place.
 *
 * @param url as the client called it
 * @param prefix value of `X-Forwarded-Prefix`, "" for none
 * @param tokenHeader where the token was looked for
 */
export function setForwardedHeaders(headers: Headers, url: URL, prefix: string, tokenHeader: string): void {
	const client = headers.get("CF-Connecting-IP");
	const isWebSocket = headers.get("Upgrade")?.toLowerCase() === "websocket";
	// What was judged is forwarded: a client cannot have it dropped by naming it in `Connection`.
	const judged = [tokenHeader.toLowerCase(), "content-encoding", "content-length"];
	const named = (headers.get("Connection") ?? "").toLowerCase().split(",");
	const dropped = named.map((name) => name.trim()).filter((name) => !judged.includes(name));
	for (const name of [...HOP_BY_HOP, ...dropped.filter(isHeaderName)]) {
		if (name !== "upgrade") headers.delete(name);
	}
	if (!isWebSocket) headers.delete("upgrade");
	for (const name of [...headers.keys()].filter((one) => EDGE_ONLY.test(one))) headers.delete(name);

	headers.set("X-Forwarded-Host", url.host);
	headers.set("X-Forwarded-Proto", url.protocol.slice(0, -1));
	if (client !== null) headers.set("X-Forwarded-For", client);
	if (prefix !== "") headers.set("X-Forwarded-Prefix", prefix);
}

/** `Headers.delete` throws on anything else; a `Connection` header may name anything. */
const isHeaderName = (name: string): boolean => /^[!#$%&'*+.^`|~\w-]+$/.test(name);
