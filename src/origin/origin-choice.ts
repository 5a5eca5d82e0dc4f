/**
 * Chooses the origin of a request if there are several. All editors of one document have to meet at one server, so the
 * choice depends only on the document.
 *
 * The text that decides, the affinity, is `shardkey`, as in the server's own shard proxy, else the document's key, else
 * `WOPISrc`, else the path. `WOPISrc` counts only without a document's key: the server writes the last `WOPISrc` it has
 * seen into links of other documents. Rendezvous hashing ranks the origins. If an origin is removed, only its documents
 * move.
 */
import { md5 } from "js-md5";
import { decodeComponent } from "../encoding/percent.ts";
import { documentSegment } from "../request/document-segments.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import type { Target } from "../request/target.ts";

/** The folder of a saved file is the document's key and this suffix. */
const FOLDER_SUFFIX = /_\d{1,5}$/;

/** @param tokenDocumentKey the document's key in the token of an API call, of any type */
export function affinityOf({ args, canonical }: Target, tokenDocumentKey: unknown): string {
	const shardKey = nginxArg(args, "shardkey");
	if (shardKey !== "") return decode(shardKey);
	const documentKey = typeof tokenDocumentKey === "string" ? tokenDocumentKey : documentSegment(canonical);
	return documentKey.replace(FOLDER_SUFFIX, "") || decode(nginxArg(args, "wopisrc")) || canonical;
}

/** 48 bits: they fit into a number exactly, and two weights are practically never equal. */
const WEIGHT_DIGITS = 12;

/** @returns the origins in the order in which this affinity prefers them */
export function rankOrigins(originUrls: readonly string[], affinity: string): readonly string[] {
	if (originUrls.length === 1) return originUrls;
	const weighed = originUrls.map((originUrl) => ({ originUrl, weight: weigh(originUrl, affinity) }));
	return weighed.sort((a, b) => b.weight - a.weight).map(({ originUrl }) => originUrl);
}

function weigh(originUrl: string, affinity: string): number {
	return Number.parseInt(md5(`${originUrl}\n${affinity}`).slice(0, WEIGHT_DIGITS), 16);
}

/** Clients may encode one affinity in several ways. All spellings have to lead to one origin. */
const decode = (value: string): string => decodeComponent(value) ?? value;
