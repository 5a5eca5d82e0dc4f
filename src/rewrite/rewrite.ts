/**
 * What changes of an accepted call on its way to the origin: its token, where it is signed again, and the
 * parameters that it does not cover. All else goes on as it came.
 */
import { Buffer } from "node:buffer";
import parseQuery from "qs/lib/parse.js";
import type { Host } from "../config/host.ts";
import type { Key } from "../config/secrets/key-ring.ts";
import type { Target } from "../request/target.ts";
import { type Refusal, refuse } from "../verdict.ts";
import type { Body } from "../request/body.ts";
import { replaceJsonString } from "./json-splice.ts";
import { resignToken } from "../token/sign-for-origin.ts";
import type { FoundToken } from "../token/find-token.ts";

export interface Rewrite {
	/** In place of the query that DocService reads, without `?`. */
	readonly query?: string;
	readonly header?: readonly [name: string, value: string];
	/** In place of the body, without a content coding. */
	readonly body?: Uint8Array<ArrayBuffer>;
}

/**
 * Path and query to send. A query that was hidden in a decoded path comes out of it, and every byte of the
 * path before it stays what nginx decoded: a backslash stays one, so that nothing becomes a segment.
 */
export function rewriteTarget({ path: sent, args, uri, service }: Target, query: string | undefined): string {
	if (query === undefined) return args === "" ? sent : `${sent}?${args}`;
	if (service.query === args) return `${sent}?${query}`;
	const path = uri.split(/[?#]/, 1)[0] ?? "";
	return `${path.replace(/[^\w./~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`)}?${query}`;
}

/**
 * @param found the token that was verified
 * @param key the origin's, if the token is to be signed again
 * @param params what the body becomes, beside a token that was in it, where the token covers all parameters
 */
export async function rewriteCall(
	found: FoundToken & { readonly token: string },
	body: Body,
	{ service }: Target,
	host: Host,
	key: Key | undefined,
	params: object = {},
): Promise<Rewrite | Refusal> {
	const token = key ? await resignToken(found.token, key) : found.token;
	const coversParams = host.tokenRequiredParams && body.bytes !== undefined;
	switch (found.from) {
		case "header":
			return {
				...(key && { header: [found.header.name, found.header.prefix + token] as const }),
				...(coversParams && found.bodyIsJson && { body: encode(JSON.stringify(params)) }),
			};
		case "body":
			if (coversParams && !(isAlone(found.token, body) && isEmpty(params)))
				return { body: encode(JSON.stringify({ ...params, token })) };
			return key && body.bytes ? { body: spliceBody(body, token) } : {};
		case "query":
			return key ? inQuery(replaceParameter(service.query, "token", () => token)) : {};
		case "cmd.tokenDownload":
		case "cmd.tokenSession": {
			const member = found.from.slice("cmd.".length);
			const splice = (cmd: string) => replaceJsonString(cmd, [member], token) ?? cmd;
			return key ? inQuery(replaceParameter(service.query, "cmd", splice)) : {};
		}
	}
}

/** A query that the server's parser puts together from several parts cannot be signed again. */
const inQuery = (query: string | undefined): Rewrite | Refusal =>
	query === undefined ? refuse("token_malformed", "invalid token") : { query };

/** Nothing shorter is JSON with this token: no second name, no space. */
const isAlone = (token: string, { text }: Body) => text.length === '{"token":""}'.length + token.length;
const isEmpty = (params: object) => Object.keys(params).length === 0;

const encode = (text: string) => Buffer.from(text, "utf8");

/** On bytes, one character each, so that what is no UTF-8 stays as it is. */
function spliceBody({ decoded, text }: Body, token: string): Uint8Array<ArrayBuffer> {
	const bytes = decoded === undefined ? text : Buffer.from(decoded).toString("latin1");
	return Buffer.from(replaceJsonString(bytes, ["token"], token) ?? bytes, "latin1");
}

/** Parts beyond are not read by `qs`. */
const PARTS_LIMIT = 1000;

/**
 * Replaces the value of the one part of a query that holds a parameter, as the server's parser reads names.
 *
 * @returns `undefined` where not exactly one part does
 */
function replaceParameter(
	query: string,
	name: string,
	replace: (value: string) => string,
): string | undefined {
	const parts = query.split("&");
	const holds = (part: string) =>
		part !== "" && Object.hasOwn(parseQuery(part, { allowPrototypes: true }), name);
	const holders = parts.slice(0, PARTS_LIMIT).flatMap((part, at) => (holds(part) ? [at] : []));
	const [at = 0] = holders;
	const part = parts[at] ?? "";
	const value = part.indexOf("=") + 1;
	if (holders.length !== 1 || value === 0 || /\]=/.test(part.slice(value))) return undefined;
	parts[at] = part.slice(0, value) + encodeURIComponent(replace(decode(part.slice(value))));
	return parts.join("&");
}

/** As `qs` does: what does not decode stays. */
function decode(text: string): string {
	const spaced = text.replaceAll("+", " ");
	try {
		return decodeURIComponent(spaced);
	} catch {
		return spaced;
	}
}
