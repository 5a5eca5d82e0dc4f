/**
 * The headers that go to the origin: the client's, without those that are the edge's to say and those
 * that concern one connection only (RFC 9110 §7.6.1).
 */

/** Who the client is and where it called: the Document Server believes these, so only the edge sets them. */
const EDGE_ONLY = /^(?:x-forwarded-.*|forwarded|x-real-ip|cloudfront-forwarded-proto)$/;
const HOP_BY_HOP = [
	"Connection",
	"Expect",
	"HTTP2-Settings",
	"Keep-Alive",
	"Proxy-Authorization",
	"Proxy-Connection",
	"TE",
	"Trailer",
	"Transfer-Encoding",
];

/** @param forwardedPrefix value of `X-Forwarded-Prefix`, "" for none */
export function forwardedHeaders(request: Request, url: URL, forwardedPrefix: string): Headers {
	const headers = new Headers(request.headers);
	const isWebSocket = request.headers.get("Upgrade")?.toLowerCase() === "websocket";
	const connection = (request.headers.get("Connection") ?? "").split(",").map((name) => name.trim());
	for (const name of [...HOP_BY_HOP, ...connection]) {
		if (isHeaderName(name) && !(isWebSocket && name.toLowerCase() === "upgrade")) headers.delete(name);
	}
	if (!isWebSocket) headers.delete("Upgrade");
	for (const name of [...headers.keys()]) {
		if (EDGE_ONLY.test(name)) headers.delete(name);
	}
	headers.set("X-Forwarded-Host", url.host);
	headers.set("X-Forwarded-Proto", url.protocol.slice(0, -1));
	const client = request.headers.get("CF-Connecting-IP");
	if (client !== null) headers.set("X-Forwarded-For", client);
	if (forwardedPrefix !== "") headers.set("X-Forwarded-Prefix", forwardedPrefix);
	return headers;
}

/** `Headers.delete` throws on anything else; a `Connection` header may name anything. */
function isHeaderName(name: string): boolean {
	return /^[!#$%&'*+.^`|~\w-]+$/.test(name);
}
