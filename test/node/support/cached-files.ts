/**
 * Cached files as the Document Server's nginx serves them, in a folder of their own.
 */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { secureLinkServer } from "./nginx.ts";

export const SECRET = "a link secret of the cache's tests";
/** 2100-01-01 */
export const FAR = 4_102_444_800;

export interface CachedFiles {
	readonly folder: string;
	/** nginx's access log. */
	readonly log: string;
	/** The contents of nginx's `server { … }`. */
	readonly server: string;
	/** @param modified Unix time in seconds */
	readonly write: (path: string, content: Buffer | string, modified?: number) => void;
	readonly remove: (path: string) => void;
	readonly clear: () => void;
}

/** @param directives more directives of the location */
export function createCachedFiles(directives = ""): CachedFiles {
	const folder = mkdtempSync(join(tmpdir(), "edge-cache-"));
	const log = join(folder, "access.log");
	// The last segment of a cached file's path is its title. The file on disk has the name before it.
	const serve = `alias ${folder}$1; add_header Content-Disposition "attachment; filename*=UTF-8''$arg_filename"; ${directives}`;
	return {
		folder,
		log,
		server: `access_log ${log}; ${secureLinkServer(SECRET, serve)}`,
		write: (path, content, modified = 1_700_000_000) => {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), content);
			utimesSync(join(folder, path), modified, modified);
		},
		remove: (path) => rmSync(join(folder, path)),
		clear: () => rmSync(folder, { recursive: true }),
	};
}

/** @returns path and query of a signed link */
export function signLink(uri: string, expires = FAR, filename = "a.png"): string {
	const bytes = Buffer.from(decodeURI(uri), "utf8").toString("latin1");
	const md5 = signSecureLink(bytes, String(expires), createKey("server", SECRET));
	return `${uri}?md5=${md5}&expires=${expires}&filename=${filename}`;
}
