/**
 * The size of the bundle, and what each part of it costs.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Bench, PartResult } from "../part.ts";
import { fixed, table } from "../report.ts";
import { buildEdge } from "../servers/contenders.ts";
import { atMost } from "../targets.ts";
import { splitBundle } from "./bundle-parts.ts";

const KIB = 1024;
const MOST_GZIP_KIB = 52;
/** `wrangler` writes it beside the bundle. */
const SOURCE_MAP = new URL("../../.wrangler/bundle/worker.js.map", import.meta.url);

export async function runBundle({ wants }: Bench): Promise<PartResult | undefined> {
	if (!wants("bundle")) return undefined;
	const bundle = await buildEdge();
	const rawKib = Buffer.byteLength(bundle) / KIB;
	const gzipKib = gzipSync(bundle).length / KIB;
	const parts = splitBundle(bundle, JSON.parse(readFileSync(SOURCE_MAP, "utf8")));
	const rows = parts.map(({ name, bytes, gzipBytes }) => [name, String(bytes), fixed(gzipBytes / KIB)]);
	return {
		text: `Bundle: ${fixed(rawKib, 1)} KiB, ${fixed(gzipKib, 1)} KiB gzipped, and the share of each part
${table(["part", "bytes", "KiB gzipped"], rows)}`,
		targets: [atMost("bundle", gzipKib, MOST_GZIP_KIB, " KiB gzipped")],
		figures: { bundle: { rawKib, gzipKib, parts } },
	};
}
