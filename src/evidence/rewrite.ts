/**
 * What changes of an accepted call on its way to the origin: its token, where it is signed again, and the
 * parameters that it does not cover. All else goes on as it came.
 */
import { Buffer } from "node:buffer";
import type { Host } from "../config/host.ts";
import type { Key } from "../config/key-ring.ts";
import type { Target } from "../target/target.ts";
import type { Body } from "./body.ts";
import { replaceJsonString } from "./json-splice.ts";
import { resignToken } from "./resign.ts";
import type { FoundToken } from "./token-source.ts";

export interface Rewrite {
	/** In place of the query that DocService reads, without `?`. */
	readonly query?: string;
	readonly header?: readonly [name: string, value: string];
	/** In place of the body, without a content coding. */
	readonly body?: Uint8Array<ArrayBuffer>;
}

/** Path and query to send. A query that was hidden in a decoded path comes out of it. */
export function rewriteTarget(
	{ url, args, versionPrefix, service }: Target,
	query: string | undefined,
): string {
	if (query === undefined) return url.pathname + url.search;
	if (service.query === args) return `${url.pathname}?${query}`;
	const path = versionPrefix + service.path;
	return `${path.replace(/[^\w./~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`)}?${query}`;
}

/**
 * @param found the token that was verified
 * @param key the origin's, if the token is to be signed again
 */
export async function rewriteCall(
	found: FoundToken & { readonly token: string },
	body: Body,
	{ service }: Target,
	host: Host,
	key: Key | undefined,
): Promise<Rewrite> {
	const token = key ? await resignToken(found.token, key) : found.token;
	const coversParams = host.tokenRequiredParams && body.bytes !== undefined;
	switch (found.from) {
		case "header":
			return {
				...(key && { header: [host.tokenHeader.name, host.tokenHeader.prefix + token] as const }),
				...(coversParams && found.bodyIsJson && { body: encode("{}") }),
			};
		case "body":
			if (coversParams) return { body: encode(JSON.stringify({ token })) };
			return key && body.bytes ? { body: spliceBody(body, token) } : {};
		case "query":
			return key ? { query: replaceParameter(service.query, "token", () => token) } : {};
		case "cmd.tokenDownload":
		case "cmd.tokenSession": {
			const member = found.from.slice("cmd.".length);
			const splice = (cmd: string) => replaceJsonString(cmd, [member], token) ?? cmd;
			return key ? { query: replaceParameter(service.query, "cmd", splice) } : {};
		}
	}
}

const encode = (text: string) => Uint8Array.from(Buffer.from(text, "utf8"));

/** On bytes, one character each, so that what is no UTF-8 stays as it is. */
function spliceBody({ decoded, text }: Body, token: string): Uint8Array<ArrayBuffer> {
	const bytes = decoded === undefined ? text : Buffer.from(decoded).toString("latin1");
	return Uint8Array.from(Buffer.from(replaceJsonString(bytes, ["token"], token) ?? bytes, "latin1"));
}

/** The one part of a query that holds a parameter, as `qs` reads names: encoded, or in outer brackets. */
function replaceParameter(query: string, name: string, replace: (value: string) => string): string {
	const parts = query.split("&");
	const at = parts.findIndex(
		(part) => decode(part.split("=", 1)[0] ?? "").replace(/^\[(.*)\]$/, "$1") === name,
	);
	const part = parts[at] ?? "";
	const value = part.indexOf("=") + 1;
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
