/**
 * Verifies a link as DocService reads it, for the files that DocService serves itself.
 *
 * DocService decodes names and values, reads `expires` as a number and compares the md5 as text. Source: the server's
 * `DocService/sources/routes/static.js`.
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { parse } from "node:querystring";
import type { KeyRing } from "../config/secrets/key-ring.ts";
import { decodeComponent } from "../encoding/percent.ts";
import type { DocServiceTarget } from "../request/target.ts";
import { accept, refuse, type Verdict } from "../verdict.ts";
import { signSecureLink } from "./secure-link.ts";

/** DocService serves its folders below these paths. It matches them in any case, but signs them in lower case. */
const MOUNT = /^\/(?:storage-)?cache\/files\/[^/]+/i;

export function verifyDocServiceLink(target: DocServiceTarget, keys: KeyRing, nowSeconds: number): Verdict {
	const { md5, expires } = parse(target.query);
	const expiresSeconds = Number.parseInt(String(expires), 10);
	if (!md5 || !expiresSeconds) return refuse("link_unsigned");
	const path = decodeComponent(target.path.replace(MOUNT, (mount) => mount.toLowerCase()));
	if (typeof md5 !== "string" || path === undefined) return refuse("link_malformed");
	const uri = Buffer.from(path, "utf8").toString("latin1");
	const claimed = Buffer.from(md5, "utf8");
	const matching = keys.candidates(nowSeconds).find((key) => {
		const expected = Buffer.from(signSecureLink(uri, String(expiresSeconds), key), "utf8");
		return claimed.length === expected.length && timingSafeEqual(claimed, expected);
	});
	if (matching === undefined) return refuse("link_mismatch");
	if (nowSeconds <= expiresSeconds) return accept(matching.name);
	return { ...refuse("link_expired"), expiredBySeconds: nowSeconds - expiresSeconds };
}
