/**
 * Refuses as the Document Server does: status, content type and body for a bad token, and for an origin that does not
 * answer. Measured on the real server.
 */
import preferredMediaTypes from "negotiator/lib/mediaType.js";
import type { ReplyStyle } from "../routes/route.ts";
import { nginxPage, plainText, type ReplyWords } from "./nginx-page.ts";

/** Each cause has a status or an error code of its own. */
export type Cause = "token" | "token expired" | "origin unreachable" | "origin timeout" | "origin down";

type Codes = Readonly<Record<Cause, number>>;
/** The command service: 6 and 7 for tokens, 3 for "internal server error". */
const COMMAND_ERROR: Codes = {
	token: 6,
	"token expired": 7,
	"origin unreachable": 3,
	"origin timeout": 3,
	"origin down": 3,
};
/** Conversion and builder: -8 for tokens, -1 for "unknown error", -2 for "timeout". */
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

/** @param echoedKey the request's own `key` parameter, which the command service repeats; `undefined` if absent */
export function docServiceReply(
	style: ReplyStyle,
	cause: Cause,
	accept: string | null,
	echoedKey: unknown,
): ReplyWords {
	const status = STATUS[cause];
	switch (style) {
		case "command":
			return {
				status,
				contentType: "application/json",
				body: JSON.stringify({ key: echoedKey, error: COMMAND_ERROR[cause] }),
			};
		case "builder":
			return { status, ...convertJson(cause) };
		case "convert-json":
		case "convert-xml":
			return { status, ...(prefersJson(style, accept) ? convertJson : convertXml)(cause) };
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

/** The server has one refusal for `/ai-proxy`, the same for a missing and for a bad token. */
const AI_PROXY_FORBIDDEN: ReplyWords = {
	status: 403,
	contentType: "application/json; charset=utf-8",
	body: '{"error":{"message":"proxyRequest: checkJwtHeader error","code":"403"}}',
};

/** engine.io's `abortRequest`. */
export function engineError(code: number, message: string): ReplyWords {
	return { status: 400, contentType: "application/json", body: JSON.stringify({ code, message }) };
}

function convertJson(cause: Cause) {
	return { contentType: JSON_TYPE, body: JSON.stringify({ error: CONVERT_ERROR[cause] }) };
}

function convertXml(cause: Cause) {
	const body = `<?xml version="1.0" encoding="utf-8"?><FileResult><Error>${CONVERT_ERROR[cause]}</Error></FileResult>`;
	return { contentType: "text/xml; charset=UTF-8", body };
}

/** The parser's work grows with the square of the header's length. Real headers are shorter than this. */
const ACCEPT_LIMIT_CHARACTERS = 2048;

/** Chooses as Express' `req.accepts`. The handler's own form is first in the list, and is used if nothing matches. */
function prefersJson(style: "convert-json" | "convert-xml", accept: string | null): boolean {
	const types = ["application/json", "application/xml"];
	if (style === "convert-xml") types.reverse();
	const accepted = accept === null || accept.length > ACCEPT_LIMIT_CHARACTERS ? "*/*" : accept;
	return (preferredMediaTypes(accepted, types)[0] ?? types[0]) === "application/json";
}
