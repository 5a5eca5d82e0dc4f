/**
 * Reads the request that an operator pastes into `explain`: a URL, a curl command line, a captured HTTP/1.1 request, or
 * a bare token. A curl line is parsed, and never run.
 */
import { parse } from "shell-quote";

export interface PastedRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body?: string;
	/** Whether the text was a token alone. Method and URL are then made up. */
	readonly bareToken: boolean;
}

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;
/** The host of a pasted path or token. */
const ANY_HOST = "http://edge.invalid";

/** @throws for any other text */
export function readRequest(text: string): PastedRequest {
	const pasted = text.trim();
	if (/^\$?\s*curl(\.exe)?\s/.test(pasted)) return readCurl(pasted.replace(/^\$\s*/, ""));
	if (REQUEST_LINE.test(pasted)) return readCaptured(pasted);
	if (/^https?:\/\//i.test(pasted)) return { method: "GET", url: pasted, headers: [], bareToken: false };
	if (pasted.startsWith("/")) return { method: "GET", url: ANY_HOST + pasted, headers: [], bareToken: false };
	const token = pasted.replace(/^Bearer\s+/i, "");
	if (TOKEN.test(token)) {
		return {
			method: "POST",
			url: `${ANY_HOST}/command`,
			headers: [["Authorization", `Bearer ${token}`]],
			bareToken: true,
		};
	}
	throw new Error("that is no URL, no curl command line and no token");
}

const REQUEST_LINE = /^[A-Z]+ \S+ HTTP\/\d(?:\.\d)?\r?\n/;

/** A captured request does not name its scheme. It counts as https, unless `X-Forwarded-Proto` says http. */
function readCaptured(text: string): PastedRequest {
	const [head = "", body] = text.split(/\r?\n\r?\n(.*)/s);
	const [line = "", ...lines] = head.split(/\r?\n/);
	const [method = "", target = ""] = line.split(" ");
	const all = lines.map(splitHeader);
	const headerOf = (wanted: string) => all.find(([name]) => name.toLowerCase() === wanted)?.[1];
	const scheme = headerOf("x-forwarded-proto") === "http" ? "http" : "https";
	const url = target.startsWith("/") ? `${scheme}://${headerOf("host") ?? "edge.invalid"}${target}` : target;
	// These headers describe the connection: a `Request` cannot hold them.
	const headers = all.filter(
		([name]) => !/^(?:host|connection|content-length|transfer-encoding)$/i.test(name),
	);
	return { method, url, headers, bareToken: false, ...(body && { body }) };
}

const WITH_VALUE =
	/^(?:-X|--request|-H|--header|-d|--data|--data-raw|--data-binary|--data-ascii|--data-urlencode|--json|--url|-A|--user-agent|-e|--referer|-b|--cookie|-u|--user|-o|--output|-m|--max-time|--connect-timeout|-w|--write-out|--resolve|--cacert|-x|--proxy|--retry)$/;

function readCurl(line: string): PastedRequest {
	const words = parse(line.replace(/\\\r?\n/g, " "), (name) => `$${name}`).filter(
		(word) => typeof word === "string",
	);
	let method: string | undefined;
	let url: string | undefined;
	const headers: [string, string][] = [];
	const data: string[] = [];
	let isGet = false;
	for (let i = 1; i < words.length; i++) {
		const word = words[i] ?? "";
		const glued = /^(-[XHd])(.+)$/s.exec(word) ?? /^(--[\w-]+)=(.*)$/s.exec(word);
		const option = glued?.[1] ?? word;
		const value = WITH_VALUE.test(option) ? (glued?.[2] ?? words[++i] ?? "") : "";
		if (/^(-X|--request)$/.test(option)) method = value;
		else if (/^(-H|--header)$/.test(option)) headers.push(splitHeader(value));
		else if (/^(-d|--data.*|--json)$/.test(option)) data.push(value);
		else if (option === "--url") url = value;
		else if (/^(-I|--head)$/.test(option)) method ??= "HEAD";
		else if (/^(-G|--get)$/.test(option)) isGet = true;
		else if (!option.startsWith("-")) url ??= option;
	}
	if (url === undefined) throw new Error("that curl command line has no URL");
	const target = /^https?:\/\//i.test(url) ? url : `http://${url}`;
	if (isGet && data.length > 0) {
		const joined = `${target}${target.includes("?") ? "&" : "?"}${data.join("&")}`;
		return { method: method ?? "GET", url: joined, headers, bareToken: false };
	}
	const body = data.length > 0 ? data.join("&") : undefined;
	return {
		method: method ?? (body === undefined ? "GET" : "POST"),
		url: target,
		headers,
		bareToken: false,
		...(body !== undefined && { body }),
	};
}

function splitHeader(header: string): [string, string] {
	const colon = header.indexOf(":");
	return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
}
