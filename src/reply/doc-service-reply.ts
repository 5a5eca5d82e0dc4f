/**
 * The Document Server's own words: status, content type and body of its answer when a token is bad, or
 * when something behind it failed. Measured on the real server; nginx's page is that of `server_tokens off`.
 */
import preferredMediaTypes from "negotiator/lib/mediaType.js";
import type { ReplyStyle } from "../routes/document-server-routes.ts";

export interface NativeReply {
	readonly status: number;
	readonly contentType: string;
	readonly body: string;
}

/** What went wrong, as far as the server's answers tell it apart. */
export type Failure = "token" | "token expired" | "origin unreachable" | "origin timeout" | "origin down";

type Codes = Readonly<Record<Failure, number>>;
/** Codes of the command service: 6 and 7 for tokens, 3 "internal server error". */
const COMMAND_ERROR: Codes = {
	token: 6,
	"token expired": 7,
	"origin unreachable": 3,
	"origin timeout": 3,
	"origin down": 3,
};
/** Codes of conversion and builder: -8 token, -1 "unknown error", -2 "timeout". */
const CONVERT_ERROR: Codes = {
	token: -8,
	"token expired": -8,
	"origin unreachable": -1,
	"origin timeout": -2,
	"origin down": -1,
};
const STATUS: Codes = {
	token: 200,
	"token expired": 200,
	"origin unreachable": 502,
	"origin timeout": 504,
	"origin down": 503,
};

export const JSON_TYPE = "application/json; charset=UTF-8";

/** @param key the call's own `key` parameter, repeated by the command service; `undefined` if it had none */
export function nativeReply(
	style: ReplyStyle,
	failure: Failure,
	accept: string | null,
	key: unknown,
): NativeReply {
	const status = STATUS[failure];
	switch (style) {
		case "command":
			return {
				status,
				contentType: "application/json",
				body: JSON.stringify({ key, error: COMMAND_ERROR[failure] }),
			};
		case "builder":
			return { status, ...convertJson(failure) };
		case "convert-json":
		case "convert-xml":
			return { status, ...(prefersJson(style, accept) ? convertJson : convertXml)(failure) };
		case "ai-proxy":
			return status === 200 ? AI_PROXY_FORBIDDEN : plainText(status);
		case "socket":
		case "forbidden":
		case "integration":
		case "wopi-host":
			return plainText(status === 200 ? 403 : status);
		case "nginx":
			return nginxPage(status === 200 ? 403 : status);
	}
}

/** The server's only refusal there; the edge gives it to bad tokens too. */
const AI_PROXY_FORBIDDEN: NativeReply = {
	status: 403,
	contentType: "application/json; charset=utf-8",
	body: '{"error":{"message":"proxyRequest: checkJwtHeader error","code":"403"}}',
};

/** engine.io's `abortRequest`. */
export function engineError(code: number, message: string): NativeReply {
	return { status: 400, contentType: "application/json", body: JSON.stringify({ code, message }) };
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
	400: "Bad Request",
	403: "Forbidden",
	404: "Not Found",
	405: "Not Allowed",
	408: "Request Time-out",
	410: "Gone",
	411: "Length Required",
	413: "Payload Too Large",
	414: "Request-URI Too Large",
	415: "Unsupported Media Type",
	502: "Bad Gateway",
	503: "Service Unavailable",
	504: "Gateway Time-out",
	508: "Loop Detected",
};

/** Express' `res.sendStatus`. */
export function plainText(status: number, body = STATUS_TEXT[status] ?? ""): NativeReply {
	return { status, contentType: "text/plain; charset=utf-8", body };
}

/** nginx's `ngx_http_error_*_page`. */
export function nginxPage(status: number): NativeReply {
	const title = `${status} ${STATUS_TEXT[status] ?? ""}`;
	const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
	return { status, contentType: "text/html", body };
}

function convertJson(failure: Failure) {
	return { contentType: JSON_TYPE, body: JSON.stringify({ error: CONVERT_ERROR[failure] }) };
}

function convertXml(failure: Failure) {
	const body = `<?xml version="1.0" encoding="utf-8"?><FileResult><Error>${CONVERT_ERROR[failure]}</Error></FileResult>`;
	return { contentType: "text/xml; charset=UTF-8", body };
}

/** A list of this length names everything a client could want; its parser takes the square of its length. */
const ACCEPT_LIMIT_CHARACTERS = 2048;

/** Express' `req.accepts(["json", "xml"])`, or the other way round; the handler's own form if neither is taken. */
function prefersJson(style: "convert-json" | "convert-xml", accept: string | null): boolean {
	const types = ["application/json", "application/xml"];
	if (style === "convert-xml") types.reverse();
	const accepted = accept === null || accept.length > ACCEPT_LIMIT_CHARACTERS ? "*/*" : accept;
	return (preferredMediaTypes(accepted, types)[0] ?? types[0]) === "application/json";
}
