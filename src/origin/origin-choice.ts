/**
 * Which of several origins a request goes to: always the same for one document, as everybody who edits it
 * has to meet at one server.
 *
 * By `shardkey`, as the server's own shard proxy, else the document's key, else `WOPISrc`, else the path. The
 * server writes the last `WOPISrc` it has seen into links of others, so beside a document it decides nothing.
 * Rendezvous hashing: without one origin only its keys move, each to its own next.
 */
import { md5 } from "js-md5";
import { nginxArg } from "../request/nginx-arg.ts";
import type { Target } from "../request/target.ts";

/** Where routes of the server have the document in their path; a saved file's folder has a suffix. */
const DOCUMENT = /^\/(?:doc|cache\/files\/[^/]+|downloadas|downloadfile|savefile|upload|printfile)\/([^/]+)/i;
const FOLDER_SUFFIX = /_\d{1,5}$/;

/** @param documentKey that a call's token names */
export function affinityOf({ args, canonical }: Target, documentKey: unknown): string {
	const shardKey = nginxArg(args, "shardkey");
	if (shardKey !== "") return decode(shardKey);
	const key = typeof documentKey === "string" ? documentKey : (DOCUMENT.exec(canonical)?.[1] ?? "");
	return key.replace(FOLDER_SUFFIX, "") || decode(nginxArg(args, "wopisrc")) || canonical;
}

/** 48 bits: whole numbers, and no two alike. */
const WEIGHT_DIGITS = 12;

/** @returns the origins in the order in which they are this key's */
export function rankOrigins(bases: readonly string[], key: string): readonly string[] {
	if (bases.length === 1) return bases;
	const weighed = bases.map((base) => ({ base, weight: weigh(base, key) }));
	return weighed.sort((a, b) => b.weight - a.weight).map(({ base }) => base);
}

function weigh(base: string, key: string): number {
	return Number.parseInt(md5(`${base}\n${key}`).slice(0, WEIGHT_DIGITS), 16);
}

/** One key may be encoded in several ways. */
function decode(value: string): string {
	try {
		return decodeURIComponent(value);
	} catch {
		return value;
	}
}
