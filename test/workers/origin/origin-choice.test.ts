/**
 * Several origins: all editors of one document meet at one server. If a server is removed, only its documents move.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { affinityOf, rankOrigins } from "../../../src/origin/origin-choice.ts";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const ORIGINS = Array.from({ length: 5 }, (_, n) => `https://ds-${n}.test`);
const AFFINITIES = 10_000;

describe(`rendezvous hashing: ${AFFINITIES} affinities over ${ORIGINS.length} origins`, () => {
	const affinities = Array.from({ length: AFFINITIES }, (_, n) => `document-${n}`);
	const ownerIn = (origins: readonly string[]) => (affinity: string) => rankOrigins(origins, affinity)[0];
	it("each origin gets its fair share", () => {
		const shares = Map.groupBy(affinities, ownerIn(ORIGINS));
		for (const origin of ORIGINS) {
			const share = shares.get(origin)?.length ?? 0;
			expect(share).toBeGreaterThan((AFFINITIES / ORIGINS.length) * 0.9);
			expect(share).toBeLessThan((AFFINITIES / ORIGINS.length) * 1.1);
		}
	});
	it.each(ORIGINS)("if %s is removed, only its affinities move, each to its second choice", (gone) => {
		const left = ORIGINS.filter((origin) => origin !== gone);
		for (const affinity of affinities) {
			const [owner, next] = rankOrigins(ORIGINS, affinity);
			expect(rankOrigins(left, affinity)[0]).toBe(owner === gone ? next : owner);
		}
		const moved = affinities.filter((affinity) => ownerIn(ORIGINS)(affinity) === gone);
		const heirs = new Set(moved.map(ownerIn(left)));
		expect(heirs.size).toBe(left.length);
	});
	it("the order of ORIGINS does not matter", () => {
		const reversed = ORIGINS.toReversed();
		for (const affinity of affinities.slice(0, 1000))
			expect(rankOrigins(reversed, affinity)).toEqual(rankOrigins(ORIGINS, affinity));
	});
});

describe("the affinity of a request", () => {
	it.each([
		["shardkey first", "/doc/K1/c/?shardkey=S&WOPISrc=W", undefined, "S"],
		[
			"shardkey as nginx reads it: in any case, the first one, the name not decoded",
			"/x?ShardKey=A&shardkey=B",
			undefined,
			"A",
		],
		["shardkey is decoded, as it may be sent in several spellings", "/x?shardkey=a%2Fb", undefined, "a/b"],
		["a shardkey that cannot be decoded stays as it is", "/x?shardkey=%ff", undefined, "%ff"],
		[
			"WOPISrc without a document",
			"/hosting/wopi/word/edit?WOPISrc=https%3A%2F%2Fw.test%2F1",
			undefined,
			"https://w.test/1",
		],
		["the path's document before WOPISrc", "/doc/K1/c/?WOPISrc=W", undefined, "K1"],
		["a link's document before WOPISrc", "/cache/files/data/K1/Editor.bin/a.docx?WOPISrc=W", undefined, "K1"],
		["a token's document before WOPISrc", "/command?WOPISrc=W", "K1", "K1"],
		["an empty shardkey counts as absent", "/doc/K1/c/?shardkey=", undefined, "K1"],
		["the token's document", "/command", "K1", "K1"],
		["the path's document", "/doc/K1/c/?EIO=4", undefined, "K1"],
		["the path's document behind a version prefix", "/9.1.0-abc/doc/K1/c/", undefined, "K1"],
		["the document of a cached file", "/cache/files/data/K1/Editor.bin/a.docx?md5=x", undefined, "K1"],
		[
			"the document of a saved file, whose folder has a suffix",
			"/cache/files/data/K1_4711/output.docx/a.docx",
			undefined,
			"K1",
		],
		["the document of an upload", "/upload/K1", undefined, "K1"],
		["the document of a download", "/downloadas/K1?cmd={}", undefined, "K1"],
		[
			"the path, if there is nothing else",
			"/web-apps/apps/api/documents/api.js?x=1",
			undefined,
			"/web-apps/apps/api/documents/api.js",
		],
		["the path, if the token's key is no string", "/command", 5, "/command"],
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
	it("sends the socket, files and assets of one document to one server", async () => {
		const paths = [
			"/doc/K/c/?EIO=4&transport=polling&shardkey=K",
			"/x.js?shardkey=K",
			"/doc/K/c/?EIO=4&transport=polling",
		];
		const asked = [];
		for (const path of paths) asked.push(...(await hostOf(path)).asked);
		expect(new Set(asked)).toEqual(new Set([rankOrigins(ORIGINS, "K")[0]]));
	});
	it("sends an API call to the server of the document in its token, wherever the claims are", async () => {
		for (const key of ["K0", "K1", "K2", "K3", "K4"]) {
			for (const claims of [
				{ c: "info", key },
				{ payload: { c: "info", key } },
				{ query: { c: "info", key } },
			]) {
				const token = await new SignJWT(claims)
					.setProtectedHeader({ alg: "HS256" })
					.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));
				const request = new Request("https://edge.test/command", {
					method: "POST",
					headers: { Authorization: `Bearer ${token}` },
				});
				const { forwarded } = await callEdge(request, bindings);
				expect([claims, ...forwarded.map(({ url }) => new URL(url).origin)]).toEqual([
					claims,
					rankOrigins(ORIGINS, key)[0],
				]);
			}
		}
	});
	it("sends the request for a file to the next origin if the first fails", async () => {
		const [owner, next] = rankOrigins(ORIGINS, "K");
		const failing = ({ url }: Request) => {
			if (new URL(url).origin === owner) throw new Error("Network connection lost.");
			return new Response("next");
		};
		expect(await hostOf("/x.js?shardkey=K", failing)).toEqual({ asked: [owner, next], status: 200 });
	});
});
