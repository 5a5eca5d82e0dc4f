/**
 * Finds the integration that an editor's token was made by: the hostname of its callback URL. Nothing else of the token
 * may reach the log.
 */
import { isRecord } from "../encoding/json.ts";
import { type Claims, mergeClaims } from "./merged-claims.ts";

/** A name in DNS has at most 253 characters (RFC 1035 §2.3.4). A URL can hold thousands. */
const HOSTNAME_LIMIT = 253;

/** @returns `undefined` if the token names no callback URL over HTTP */
export function callbackHost(claims: Claims): string | undefined {
	const { editorConfig, callbackUrl } = mergeClaims(claims);
	const named = (isRecord(editorConfig) && editorConfig.callbackUrl) || callbackUrl;
	const url = typeof named === "string" ? URL.parse(named) : null;
	return url && /^https?:$/.test(url.protocol) ? url.hostname.slice(0, HOSTNAME_LIMIT) : undefined;
}
