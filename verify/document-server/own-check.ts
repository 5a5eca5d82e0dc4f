/**
 * The Document Server's own check at a handler: whether it would accept the credential of this request.
 *
 * Sources: the server's `getRequestParams`, `checkJwtHeader`, the handlers in `canvasservice.js` and
 * `fileuploaderservice.js`, `routes/static.js`.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { parse as parseQueryString } from "node:querystring";
import jsonwebtoken from "jsonwebtoken";
import { parse as parseQuery } from "qs";
import { readUrl } from "./express-paths.ts";
import type { Place } from "./handlers.ts";
import type { ServerSecrets } from "./secrets.ts";

export interface ReceivedRequest {
	readonly message: IncomingMessage;
	/** The decoded body; empty if there is none. */
	readonly body: Buffer;
}

/** Only the first place that holds a token counts. */
export function acceptsToken(
	places: readonly Place[],
	{ message, body }: ReceivedRequest,
	secrets: ServerSecrets,
): boolean {
	const query = parseQuery(readUrl(message.url ?? "").query, { allowPrototypes: true });
	for (const [where, secret] of places) {
		const token = tokenAt(where, message, query, body);
		if (token) return isGoodToken(token, secrets[secret]);
	}
	return false;
}

function tokenAt(
	where: Place[0],
	{ headers }: IncomingMessage,
	query: Readonly<Record<string, unknown>>,
	body: Buffer,
): unknown {
	switch (where) {
		case "header":
			return headers.authorization?.startsWith("Bearer ") && headers.authorization.slice("Bearer ".length);
		case "query":
			return query.token;
		case "params":
			return Object((body.length > 0 && parsed(body.toString("utf8"))) || query).token;
		default:
			return Object(parsed(String(query.cmd)))[where.slice("cmd.".length)];
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function isGoodToken(token: unknown, secret: string): boolean {
	try {
		return Boolean(jsonwebtoken.verify(token as string, secret, { clockTolerance: 60 }));
	} catch {
		return false;
	}
}

/**
 * DocService signs the path, and takes the file from its whole URL. A link is good if both name the same file.
 *
 * @param mount the path below which the files lie, as it was matched
 */
export function acceptsLink(mount: string, { message }: ReceivedRequest, secrets: ServerSecrets): boolean {
	const below = (message.url ?? "").slice(mount.length);
	const [path = "", ...rest] = below.split("?");
	const { md5, expires } = parseQueryString(rest.join("?"));
	const seconds = Number.parseInt(String(expires), 10);
	if (!md5 || !seconds || Date.now() / 1000 > seconds + 1) return false;
	try {
		const signed = `${seconds}${decodeURIComponent(mount.toLowerCase() + path)}${secrets.link}`;
		const isSigned = md5 === createHash("md5").update(signed).digest("base64url");
		const served = decodeURI(below.slice(1, below.lastIndexOf("/")));
		return isSigned && served === decodeURI(path.slice(1, path.lastIndexOf("/")));
	} catch {
		return false;
	}
}
