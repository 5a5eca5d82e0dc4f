/**
 * Splits the bundle into the folders of src/ and the packages that it comes from, by its source map.
 */
import { SourceMap, type SourceMapPayload } from "node:module";
import { gzipSync } from "node:zlib";

export interface BundlePart {
	/** `src/FOLDER`, or the name of a package. */
	readonly name: string;
	readonly bytes: number;
	/**
	 * The part's share of the compressed bundle. Each part is compressed alone, and the results are scaled so that they
	 * add up to the whole: in the bundle, a part also profits from the texts of the others.
	 */
	readonly gzipBytes: number;
}

/** What the bundler adds itself. */
const BUNDLER = "bundler";

export function splitBundle(code: string, map: SourceMapPayload): BundlePart[] {
	const texts = textsByPart(code, new SourceMap(map));
	const alone = [...texts].map(([name, text]) => ({
		name,
		bytes: Buffer.byteLength(text),
		gzipBytes: gzipSync(text).length,
	}));
	const sum = alone.reduce((total, { gzipBytes }) => total + gzipBytes, 0);
	const scale = gzipSync(code).length / sum;
	return alone
		.map((part) => ({ ...part, gzipBytes: part.gzipBytes * scale }))
		.toSorted((a, b) => b.gzipBytes - a.gzipBytes);
}

/** A place without a mapping of its own belongs to the part before it. */
function textsByPart(code: string, map: SourceMap): Map<string, string> {
	const texts = new Map<string, string>();
	let name = BUNDLER;
	for (const [line, text] of code.split("\n").entries()) {
		for (let column = 0; column < text.length; column++) {
			const entry = map.findEntry(line, column);
			if ("originalSource" in entry && entry.generatedLine === line) name = partOf(entry.originalSource);
			texts.set(name, (texts.get(name) ?? "") + text[column]);
		}
	}
	return texts;
}

function partOf(source: string): string {
	const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
	return name ?? /(?:^|\/)(src\/[^/]+)/.exec(source)?.[1] ?? BUNDLER;
}
