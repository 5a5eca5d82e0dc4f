/**
 * Reads what an operator pastes into `explain`. Each form has its reader; the first that fits is taken.
 */
import { isRecord, parseJson } from "../../encoding/json.ts";
import { trimEnd } from "../../encoding/trim-end.ts";
import { readCurl } from "./curl.ts";
import { readFetch, readInvoke } from "./fetch-call.ts";
import {
	ACCESS_LOG,
	PSEUDO_HEADERS,
	REQUEST_LINE,
	readAccessLog,
	readHar,
	readHttp,
	readPseudoHeaders,
} from "./http-text.ts";
import { ANY_HOST, type Pasted, type PastedRequest, splitHeader } from "./pasted.ts";
import { requestOfToken } from "./token-request.ts";

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** @throws for a text that is none of the forms, and names them */
export function readPasted(text: string): Pasted {
	const pasted = text.trim();
	const json = /^[[{]/.test(pasted) ? parseJson(pasted) : undefined;
	if (isRecord(json)) return readJson(json, pasted);
	if (CURL.test(pasted)) return readCurl(pasted.replace(/^.*?\b(?=curl(?:\.exe)?\s)/is, ""));
	if (/\bfetch\s*\(/.test(pasted)) return readFetch(pasted);
	if (/\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\s/i.test(pasted)) return readInvoke(pasted);
	if (REQUEST_LINE.test(pasted)) return readHttp(pasted);
	if (PSEUDO_HEADERS.test(pasted)) return readPseudoHeaders(pasted);
	if (ACCESS_LOG.test(pasted)) return readAccessLog(pasted);
	const token = readTokenText(pasted);
	if (token !== undefined) return requestOfToken(token);
	if (HEADER_LINE.test(pasted)) return readHeader(pasted);
	const url = readUrl(pasted);
	if (url !== undefined) return url;
	throw new Error(
		"that could not be read. Paste a URL, a curl line, a fetch call, an HTTP request, an HAR file, a line of nginx's or of the edge's log, an Authorization header, or a token.",
	);
}

const CURL = /^(?:[$>#]\s*|[\w~@:/.-]+[$#]\s+)?curl(?:\.exe)?\s/i;
const HEADER_LINE = /^[A-Za-z][\w-]*:\s+\S*\s?[\w-]+\.[\w-]+\.[\w-]*$/;

function readJson(json: Readonly<Record<string, unknown>>, text: string): Pasted {
	if (json.log !== undefined || json.request !== undefined) return readHar(json);
	if (typeof json.verdict === "string" && typeof json.route === "string") return { logLine: json };
	if (typeof json.level === "string" && typeof json.problem === "string") return { logLine: json };
	if (typeof json.token === "string") return { ...requestOfToken(json.token), body: text, headers: [] };
	throw new Error("that JSON is no HAR file, no line of the edge's log and no body with a token");
}

/** A token alone, in quotes, or with `Bearer` before it. */
function readTokenText(text: string): string | undefined {
	const bare = trimEnd(text.replace(/^["'`<]+/, ""), "\"'`>,;").replace(/^Bearer\s+/i, "");
	return TOKEN.test(bare) && bare.length > SHORTEST_TOKEN && bare.startsWith("ey") ? bare : undefined;
}
/** `docs.example.com` has the form of a token too. */
const SHORTEST_TOKEN = 30;

function readHeader(text: string): PastedRequest {
	const [name, value] = splitHeader(text);
	const token = value.replace(/^\S+\s+/, "");
	return { ...requestOfToken(token), headers: [[name, value]], bareToken: false };
}

const ADDRESS = /(?:https?|wss?):\/\/[^\s"'`<>|]+/i;
/** A host with a dot, and a path. */
const NO_SCHEME = /(?:^|[\s"'`<(])((?:[\w-]+\.)+[a-z]{2,}(?::\d+)?\/[^\s"'`<>|]*)/i;
const PATH = /^["'`<]*(\/[^\s"'`<>|]*)/;

/** Finds the URL in its wrapping: quotes, brackets, text around it, HTML's `&amp;`. */
function readUrl(text: string): PastedRequest | undefined {
	const found = ADDRESS.exec(text)?.[0] ?? PATH.exec(text)?.[1] ?? NO_SCHEME.exec(text)?.[1];
	if (found === undefined) return undefined;
	const address = trimEnd(found.replaceAll("&amp;", "&"), ".,;:!)]}");
	const isSocket = /^wss?:/i.test(address);
	const url = isSocket
		? address.replace(/^ws/i, "http")
		: address.startsWith("/")
			? ANY_HOST + address
			: /^https?:/i.test(address)
				? address
				: `https://${address}`;
	const headers = isSocket ? ([["Upgrade", "websocket"]] as const) : [];
	return { method: "GET", url, headers, bareToken: false };
}
