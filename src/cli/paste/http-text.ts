/**
 * Reads requests from captures: HTTP as it is on the wire, a browser's list of request headers, an HAR file, and a line of
 * nginx's access log.
 */
import { isRecord } from "../../encoding/json.ts";
import { ANY_HOST, type PastedRequest, splitHeader, withoutConnection } from "./pasted.ts";

export const REQUEST_LINE = /^[A-Z]+ \S+ HTTP\/\d(?:\.\d)?[ \t]*(?:\r?\n|$)/;

/** A captured request does not name its scheme. It counts as https, unless `X-Forwarded-Proto` says http. */
export function readHttp(text: string): PastedRequest {
	const [head = "", body] = text.split(/\r?\n\r?\n(.*)/s);
	const [line = "", ...lines] = head.split(/\r?\n/);
	const [method = "", target = ""] = line.split(" ");
	const headers = lines.map(splitHeader);
	const headerOf = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
	const scheme = headerOf("x-forwarded-proto") === "http" ? "http" : "https";
	const host = headerOf("host") ?? headerOf(":authority");
	const site = host === undefined ? ANY_HOST : `${scheme}://${host}`;
	const url = target.startsWith("/") ? site + target : target;
	return { method, url, headers: withoutConnection(headers), bareToken: false, ...(body && { body }) };
}

/** "Request headers" of a browser's network panel, with the headers of HTTP/2. */
export const PSEUDO_HEADERS = /^:(?:authority|method|path|scheme)\b/m;

export function readPseudoHeaders(text: string): PastedRequest {
	// Browsers put a name and its value on one line, or on two.
	const joined = text.replace(/^(:?[\w-]+):?\r?\n(?=[^\s:][^\n]*$)/gm, "$1: ");
	const headers = joined.split(/\r?\n/).filter(Boolean).map(splitHeader);
	const headerValue = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
	const url = `${headerValue(":scheme") || "https"}://${headerValue(":authority")}${headerValue(":path") || "/"}`;
	return {
		method: headerValue(":method") || "GET",
		url,
		headers: withoutConnection(headers),
		bareToken: false,
	};
}

/** Takes the first request that the edge refused. Without one it takes the first that failed, else the first of all. */
export function readHar(har: Readonly<Record<string, unknown>>): PastedRequest {
	const entries: readonly unknown[] = Object(har.log).entries ?? [har];
	const statusOf = (entry: unknown) => Number(Object(Object(entry).response).status ?? 0);
	const isRefused = (entry: unknown) =>
		pairsOf(Object(Object(entry).response).headers).some(([name]) => name.toLowerCase() === "x-edge-reason");
	const entry = entries.find(isRefused) ?? entries.find((one) => statusOf(one) >= 400) ?? entries[0];
	const request = Object(entry).request ?? entry;
	const { method, url, headers, postData } = Object(request);
	if (typeof url !== "string") throw new Error("that HAR file has no request");
	const { text } = Object(postData);
	const notes =
		entries.length > 1
			? [`of ${entries.length} requests, the one to ${URL.parse(url)?.pathname} was read`]
			: [];
	return {
		method: String(method ?? "GET"),
		url,
		headers: withoutConnection(pairsOf(headers)),
		bareToken: false,
		notes,
		...(typeof text === "string" && text !== "" && { body: text }),
	};
}

function pairsOf(headers: unknown): (readonly [string, string])[] {
	if (!Array.isArray(headers)) return [];
	return headers.filter(isRecord).map(({ name, value }) => [String(name), String(value)] as const);
}

/** nginx's `combined` and `main` formats, and Apache's: the request stands in quotes. */
export const ACCESS_LOG = /"([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3}) /;

export function readAccessLog(text: string): PastedRequest {
	const [, method = "", target = ""] = ACCESS_LOG.exec(text) ?? [];
	const url = target.startsWith("/") ? ANY_HOST + target : target;
	const notes = ["an access log has no headers and no body: a token there is not judged"];
	return { method, url, headers: [], bareToken: false, notes };
}
