/**
 * Builds the bytes that a Document Server signs for a WOPI host: token, URL and time. The length stands before each
 * part, so no byte can move from one part into the next.
 *
 * Sources: Microsoft's WOPI documentation, "Proof keys"; the server's `wopiUtils.js`, `generateProofBuffer`.
 */
import { splitQuery } from "./access-token.ts";

export interface ProvenRequest {
	/** The decoded access token. */
	readonly token: string;
	/** The URL as the Document Server called it. */
	readonly href: string;
	readonly ticks: bigint;
}

const LENGTH_BYTES = 4;
const TICKS_BYTES = 8;
const UTF8 = new TextEncoder();

export function proofMessage({ token, href, ticks }: ProvenRequest): Uint8Array<ArrayBuffer> {
	const tokenBytes = UTF8.encode(token);
	const urlBytes = UTF8.encode(href.toUpperCase());
	const message = new Uint8Array(3 * LENGTH_BYTES + tokenBytes.length + urlBytes.length + TICKS_BYTES);
	const view = new DataView(message.buffer);
	const urlAt = LENGTH_BYTES + tokenBytes.length;
	const ticksAt = urlAt + LENGTH_BYTES + urlBytes.length;
	view.setUint32(0, tokenBytes.length);
	message.set(tokenBytes, LENGTH_BYTES);
	view.setUint32(urlAt, urlBytes.length);
	message.set(urlBytes, urlAt + LENGTH_BYTES);
	view.setUint32(ticksAt, TICKS_BYTES);
	view.setBigUint64(ticksAt + LENGTH_BYTES, ticks);
	return message;
}

/**
 * The URLs that the server may have signed before it called `href`. The server signs `'` in a token as `'`, but its
 * HTTP client sends `%27`.
 */
export function signedSpellings(href: string): readonly string[] {
	const [before, query] = splitQuery(href);
	return query?.includes("%27") ? [href, `${before}?${query.replaceAll("%27", "'")}`] : [href];
}
