/**
 * The body that is forwarded, and what becomes of the rest beside its token.
 *
 * With `TOKEN_REQUIRED_PARAMS` the rest is dropped, whether or not the token is re-signed, because the token does not
 * cover it. An integration receives the token's claims in its place. Otherwise every byte stays but the re-signed token.
 * `rewrite.ts` chooses between the two.
 */
import { Buffer } from "node:buffer";
import type { Body } from "../request/body.ts";
import { replaceJsonString } from "./json-splice.ts";

export const bodyOf = (members: object): Uint8Array<ArrayBuffer> =>
	Buffer.from(JSON.stringify(members), "utf8");

/** A body of exactly this length is `{"token":"…"}`: another member or a space would make it longer. */
export const isTokenAlone = (token: string, { text }: Body): boolean =>
	text.length === '{"token":""}'.length + token.length;

/** Works on bytes, one character each, so that bytes that are not UTF-8 stay. */
export function replaceTokenInBody({ decoded, text }: Body, token: string): Uint8Array<ArrayBuffer> {
	const bytes = decoded === undefined ? text : Buffer.from(decoded).toString("latin1");
	return Buffer.from(replaceJsonString(bytes, ["token"], token) ?? bytes, "latin1");
}
