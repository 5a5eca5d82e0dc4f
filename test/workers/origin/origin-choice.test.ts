/**
 * Several origins: everybody who works on one document meets at one server, and when a server goes only
 * its documents move.
 */
import { describe, expect, it } from "vitest";
import { affinityOf, rankOrigins } from "../../../src/origin/origin-choice.ts";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { BINDINGS, callEdge } from "../support/call-edge.ts";

const ORIGINS = Array.from({ length: 5 }, (_, n) => `https://ds-${n}.test`);
const KEYS = 10_000;

describe(`rendezvous: ${KEYS} keys over ${ORIGINS.length} origins`, () => {
	const keys = Array.from({ length: KEYS }, (_, n) => `document-${n}`);
	const ownerIn = (origins: readonly string[]) => (key: string) => rankOrigins(origins, key)[0];
	it("each has its fair share", () => {
		const shares = Map.groupBy(keys, ownerIn(ORIGINS));
		for (const origin of ORIGINS) {
			const share = shares.get(origin)?.length ?? 0;
			expect(share).toBeGreaterThan((KEYS / ORIGINS.length) * 0.9);
			expect(share).toBeLessThan((KEYS / ORIGINS.length) * 1.1);
		}
	});
	it.each(ORIGINS)("without %s only its keys move, to each key's own next", (gone) => {
		const left = ORIGINS.filter((origin) => origin !== gone);
		for (const key of keys) {
			const [owner, next] = rankOrigins(ORIGINS, key);
			expect(rankOrigins(left, key)[0]).toBe(owner === gone ? next : owner);
		}
		const heirs = new Set(keys.filter((key) => ownerIn(ORIGINS)(key) === gone).map(ownerIn(left)));
		expect(heirs.size).toBe(left.length);
	});
	it("the order in which they are configured does not matter", () => {
		const reversed = ORIGINS.toReversed();
		for (const key of keys.slice(0, 1000))
			expect(rankOrigins(reversed, key)).toEqual(rankOrigins(ORIGINS, key));
	});
});

describe("what a request belongs to", () => {
	it.each([
		["shardkey first", "/doc/K1/c/?shardkey=S&WOPISrc=W", undefined, "S"],
		["as nginx reads it: any case, the first, undecoded names", "/x?ShardKey=A&shardkey=B", undefined, "A"],
		["decoded, as one key may be sent in several spellings", "/x?shardkey=a%2Fb", undefined, "a/b"],
		["what does not decode, as it is", "/x?shardkey=%ff", undefined, "%ff"],
		["WOPISrc", "/hosting/wopi/word/edit?WOPISrc=https%3A%2F%2Fw.test%2F1", undefined, "https://w.test/1"],
		["WOPISrc beside a document decides nothing", "/doc/K1/c/?WOPISrc=W", undefined, "K1"],
		["nor beside a link's", "/cache/files/data/K1/Editor.bin/a.docx?WOPISrc=W", undefined, "K1"],
		["nor beside a token's", "/command?WOPISrc=W", "K1", "K1"],
		["an empty one is none", "/doc/K1/c/?shardkey=", undefined, "K1"],
		["the token's document", "/command", "K1", "K1"],
		["the path's document", "/doc/K1/c/?EIO=4", undefined, "K1"],
		["behind a version", "/9.1.0-abc/doc/K1/c/", undefined, "K1"],
		["of a cached file", "/cache/files/data/K1/Editor.bin/a.docx?md5=x", undefined, "K1"],
		[
			"of a saved one, whose folder has a suffix",
			"/cache/files/data/K1_4711/output.docx/a.docx",
			undefined,
			"K1",
		],
		["of an upload", "/upload/K1", undefined, "K1"],
		["of a download", "/downloadas/K1?cmd={}", undefined, "K1"],
		[
			"nothing: the path",
			"/web-apps/apps/api/documents/api.js?x=1",
			undefined,
			"/web-apps/apps/api/documents/api.js",
		],
		["a key that is no text: the path", "/command", 5, "/command"],
	])("%s", (_, url, documentKey, affinity) => {
		const target = readTarget({ method: "GET", url: `https://edge.test${url}` }) as Target;
		expect(affinityOf(target, documentKey)).toBe(affinity);
	});
});

describe("the whole edge", () => {
	const bindings = { ...BINDINGS, ORIGIN: "", ORIGINS: ORIGINS.join(", ") };
	const hostOf = async (path: string, origin?: Parameters<typeof callEdge>[2]) => {
		const { forwarded, response } = await callEdge(new Request(`https://edge.test${path}`), bindings, origin);
		return { asked: forwarded.map(({ url }) => new URL(url).origin), status: response.status };
	};
	it("one document, one server: socket, files and assets by shard key", async () => {
		const paths = [
			"/doc/K/c/?EIO=4&transport=polling&shardkey=K",
			"/x.js?shardkey=K",
			"/doc/K/c/?EIO=4&transport=polling",
		];
		const asked = [];
		for (const path of paths) asked.push(...(await hostOf(path)).asked);
		expect(new Set(asked)).toEqual(new Set([rankOrigins(ORIGINS, "K")[0]]));
	});
	it("a file whose origin fails comes from its next one", async () => {
		const [owner, next] = rankOrigins(ORIGINS, "K");
		const failing = ({ url }: Request) => {
			if (new URL(url).origin === owner) throw new Error("Network connection lost.");
			return new Response("next");
		};
		expect(await hostOf("/x.js?shardkey=K", failing)).toEqual({ asked: [owner, next], status: 200 });
	});
});
