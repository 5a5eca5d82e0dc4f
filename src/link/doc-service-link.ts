/**
 * The same link as DocService reads it, for the files it serves itself (`/storage-cache/files/…`, and
 * `/cache/files/…` when nginx dropped a version prefix).
 *
 * Decodes names and values, reads `expires` as a number and compares the md5 as text. A link is good
 * for these paths only if nginx's reading and this one accept it. Source: the server's
 * `DocService/sources/routes/static.js`.
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { parse } from "node:querystring";
import type { KeyRing } from "../config/secrets/key-ring.ts";
import type { ServiceTarget } from "../request/target.ts";
import { accept, refuse, type Verdict } from "../verdict.ts";
import { signSecureLink } from "./secure-link.ts";

/** Where DocService mounts its storage folders; matched without case, signed in lower case. */
const MOUNT = /^\/(?:storage-)?cache\/files\/[^/]+/i;

export function verifyServiceLink(target: ServiceTarget, keys: KeyRing, nowSeconds: number): Verdict {
	const { md5, expires } = parse(target.query);
	const expiresSeconds = Number.parseInt(String(expires), 10);
	if (!md5 || !expiresSeconds) return refuse("link_unsigned");
	const uri = decodePath(target.path.replace(MOUNT, (mount) => mount.toLowerCase()));
	if (typeof md5 !== "string" || uri === undefined) return refuse("link_malformed");
	const claimed = Buffer.from(md5, "utf8");
	const matching = keys.candidates(nowSeconds).find((key) => {
		const expected = Buffer.from(signSecureLink(uri, String(expiresSeconds), key), "utf8");
		return claimed.length === expected.length && timingSafeEqual(claimed, expected);
	});
	if (matching === undefined) return refuse("link_mismatch");
	return nowSeconds > expiresSeconds ? refuse("link_expired") : accept(matching.name);
}

/** `decodeURIComponent`, with the outcome as bytes; `undefined` where it throws. */
function decodePath(path: string): string | undefined {
	try {
		return Buffer.from(decodeURIComponent(path), "utf8").toString("latin1");
	} catch {
		return undefined;
	}
}
