/**
 * Makes the body that is forwarded in place of the received one.
 *
 * With `TOKEN_REQUIRED_PARAMS` every parameter beside the token is dropped, because the token does not cover it. An
 * integration receives the token's claims instead. Without the switch only the re-signed token changes, and every other
 * byte stays. `rewrite.ts` chooses between the two.
 */
import { Buffer } from "node:buffer";
import type { Body } from "../request/body.ts";
import { replaceJsonString } from "./json-splice.ts";

export const bodyOf = (members: object): Uint8Array<ArrayBuffer> =>
	Buffer.from(JSON.stringify(members), "utf8");

/** A body of exactly this length is `{"token":"…"}`: another member or a space would make it longer. */
export const isTokenAlone = (token: string, { text }: Body): boolean =>
	text.length === '{"token":""}'.length + token.length;

/** Works on a text with one character per byte, so bytes that are not UTF-8 stay as they are. */
export function replaceTokenInBody({ decoded, text }: Body, token: string): Uint8Array<ArrayBuffer> {
	const bytes = decoded === undefined ? text : Buffer.from(decoded).toString("latin1");
	return Buffer.from(replaceJsonString(bytes, ["token"], token) ?? bytes, "latin1");
}
