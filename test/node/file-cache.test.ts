/**
 * The cache of verified files, before a real nginx that serves files as the Document Server's does. Protects against a
 * file that is served without its link's check, to another host, or after it has changed. `file-cache-answers.test.ts`
 * compares its responses with nginx's.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { seeded } from "../random.ts";
import { createCachedFiles, FAR, SECRET, signLink as sign } from "./support/cached-files.ts";
import { hasNginx, type Nginx, startNginx } from "./support/nginx.ts";
import { type RawResponse, sendRaw } from "./support/raw-http.ts";

const FILES = 50;
const URLS = 1000;
const NOW = Math.floor(Date.now() / 1000);

const { log, server, write, remove, clear } = createCachedFiles();

/** The lines of nginx's access log since the last call. */
let read = 0;
function originSaw() {
	const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
	const fresh = lines.slice(read);
	read = lines.length;
	return fresh.map((line) => {
		const [, method = "", path = "", status = "", bytes = ""] =
			/"(\S+) ([^ ?]+)\S* HTTP\/1.1" (\d+) (\d+)/.exec(line) ?? [];
		return { method, path, status: Number(status), bytes: Number(bytes) };
	});
}

it("Workers Cache is off: it would respond before the Worker checks a link", () => {
	const settings = readFileSync(new URL("../../wrangler.toml", import.meta.url), "utf8");
	expect(settings).toContain("[vars]");
	expect(settings).not.toMatch(/^\s*\[(?:env\.\w+\.)?cache\]|^\s*cache\s*=/m);
});

describe.runIf(hasNginx)("before a real nginx", () => {
	let nginx: Nginx;
	let edge: Edge;
	const start = async (bindings: Record<string, string> = {}) =>
		startEdge({
			bundle: await readBundle(),
			bindings: {
				ORIGIN: nginx.url.origin,
				JWT_SECRET: "a token secret",
				SECURE_LINK_SECRET: SECRET,
				...bindings,
			},
			onLog: () => undefined,
		});
	const get = (target: string, headers: Record<string, string> = {}, method = "GET", to = edge.url) =>
		sendRaw(to, { method, target, headers, hostHeader: headers.Host ?? "edge.test" });
	const outcomeOf = ({ status, headers }: RawResponse) => [status, headers["x-edge-cache"]];

	beforeAll(async () => {
		nginx = await startNginx(server);
		edge = await start();
	});
	beforeEach(() => void originSaw());
	afterAll(async () => {
		await edge.stop();
		await nginx.stop();
		clear();
	});

	it(`${URLS} different signed URLs of ${FILES} files: each file is fetched once`, async () => {
		const files = Array.from({ length: FILES }, (_, n) => ({
			path: `/cache/files/data/doc${n}/media/image${n}.png`,
			content: randomBytes(10_000 + 997 * n),
		}));
		for (const { path, content } of files) write(path, content);
		const random = seeded(1);
		const replay = Array.from({ length: URLS }, (_, n) => {
			const file = files[n < FILES ? n : Math.floor(random() * FILES)] as (typeof files)[number];
			return { file, url: sign(`${file.path}/image.png`, FAR + n) };
		}).sort(() => random() - 0.5);
		expect(new Set(replay.map(({ url }) => url)).size).toBe(URLS);

		const outcomes: Record<string, number> = {};
		let served = 0;
		const worker = async () => {
			for (let next = replay.pop(); next; next = replay.pop()) {
				const answer = await fetch(new URL(next.url, edge.url));
				const body = Buffer.from(await answer.arrayBuffer());
				expect(body.equals(next.file.content)).toBe(true);
				served += body.length;
				const outcome = answer.headers.get("X-Edge-Cache") ?? "";
				outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
			}
		};
		await Promise.all(Array.from({ length: 8 }, worker));
		const fetched = originSaw();
		const bytes = fetched.reduce((sum, one) => sum + one.bytes, 0);
		console.log(
			`file cache: ${URLS} URLs of ${FILES} files, ${fetched.length} origin fetches, hit ratio ` +
				`${((outcomes.hit ?? 0) / URLS).toFixed(3)}, ${((served - bytes) / 1e6).toFixed(1)} of ${(served / 1e6).toFixed(1)} MB saved`,
		);
		expect(fetched.length).toBe(FILES);
		expect(new Set(fetched.map(({ path }) => path)).size).toBe(FILES);
		expect(outcomes).toEqual({ miss: FILES, hit: URLS - FILES });
	});

	it("a burst of requests for one file is one fetch", async () => {
		write("/cache/files/data/burst/media/image1.png", randomBytes(3_000_000));
		const urls = Array.from({ length: 30 }, (_, n) =>
			sign("/cache/files/data/burst/media/image1.png/i.png", FAR + n),
		);
		const answers = await Promise.all(urls.map((url) => get(url)));
		expect(answers.map(({ status, body }) => [status, body.length])).toEqual(
			answers.map(() => [200, 3_000_000]),
		);
		expect(originSaw().length).toBe(1);
	});

	describe("the link is checked before the cache", () => {
		const uri = "/cache/files/data/first/media/image1.png/i.png";
		beforeAll(async () => {
			write("/cache/files/data/first/media/image1.png", "picture");
			await get(sign(uri));
			expect(outcomeOf(await get(sign(uri, FAR + 1)))).toEqual([200, "hit"]);
		});
		it.each([
			["that has expired", sign(uri, NOW - 5), 410],
			["with another signature", sign(uri).replace(/md5=.{3}/, "md5=AAA"), 403],
			["of another file", sign(uri.replace("first", "other")).replace("other", "first"), 403],
			["without a signature", uri, 403],
		])("a link %s", async (_, url, status) => {
			const answer = await get(url);
			expect(answer.status).toBe(status);
			expect(answer.headers["x-edge-cache"]).toBeUndefined();
			expect(answer.headers["cache-control"]).toBe("no-store");
			expect(answer.body.toString()).not.toContain("picture");
			expect(originSaw()).toEqual([]);
		});
	});

	describe("a cached picture", () => {
		const path = "/cache/files/data/same/media/image1.png";
		beforeAll(async () => {
			write(path, randomBytes(100_000));
			await get(sign(`${path}/i.png`));
		});
		it("each request gets the file name that its own URL asks for", async () => {
			for (const name of ["a.png", "%E6%96%87%E4%BB%B6.png", ""]) {
				const { headers } = await get(sign(`${path}/i.png`, FAR, name));
				expect(headers["content-disposition"]).toBe(`attachment; filename*=UTF-8''${name}`);
				expect(headers["x-edge-cache"]).toBe("hit");
			}
		});
		it("a reload asks the origin again", async () => {
			const answer = await get(sign(`${path}/i.png`), { "Cache-Control": "no-cache" });
			expect(answer.headers["x-edge-cache"]).toBe("revalidated");
			expect(originSaw().map(({ status }) => status)).toEqual([304]);
		});
	});

	it("two hosts never share a file, nor do two titles of one file", async () => {
		write("/cache/files/data/hosts/media/image1.png", "x");
		const target = sign("/cache/files/data/hosts/media/image1.png/i.png");
		for (const Host of ["a.test", "b.test", "a.test:8443"]) {
			expect(outcomeOf(await get(target, { Host }))).toEqual([200, "miss"]);
			expect(outcomeOf(await get(target, { Host }))).toEqual([200, "hit"]);
		}
		const other = sign("/cache/files/data/hosts/media/image1.png/%E6%96%87.png");
		expect(outcomeOf(await get(other, { Host: "a.test" }))).toEqual([200, "miss"]);
	});

	it("a file that may change is revalidated each time, and its change is seen", async () => {
		const path = "/cache/files/data/change/Editor.bin";
		write(path, "first");
		const url = sign(`${path}/a.docx`);
		const outcomes = [];
		const bodies = [];
		for (const content of [undefined, undefined, "second", undefined]) {
			if (content) write(path, content, 1_700_000_500);
			const answer = await get(url);
			outcomes.push(answer.headers["x-edge-cache"]);
			bodies.push(answer.body.toString());
		}
		expect(outcomes).toEqual(["miss", "revalidated", "miss", "revalidated"]);
		expect(bodies).toEqual(["first", "first", "second", "second"]);
		expect(originSaw().map(({ status }) => status)).toEqual([200, 304, 200, 304]);
		expect((await get(url, { Range: "bytes=1-2" })).body.toString()).toBe("ec");
		remove(path);
		expect(outcomeOf(await get(url))).toEqual([404, "miss"]);
	});

	it.each([
		["of a document with the key `media`", "data/media/Editor.bin"],
		["of a document with the key `media` of a tenant", "data/tenant.test/media/Editor.bin"],
		["of a document with the key `data`, in a folder `media`", "media/data/Editor.bin"],
		["of a document whose title looks like a picture's path", "data/doc/Editor.bin", "media%252fimage1.png"],
		["saved under a suffix that the server picks again", "data/doc_123/media/image1.png"],
	])("a file %s is never served without revalidation", async (_, file, title = "a") => {
		const path = `/cache/files/${file}`;
		write(path, "former");
		const url = sign(`${path}/${title}`);
		expect(outcomeOf(await get(url))).toEqual([200, "miss"]);
		write(path, "current", 1_700_000_500);
		expect((await get(url)).body.toString()).toBe("current");
		expect(outcomeOf(await get(url))).toEqual([200, "revalidated"]);
	});

	it.each([
		["the whole file", {}, 200, "current"],
		["a part", { Range: "bytes=0-2" }, 206, "cur"],
	])(
		"a replaced file, requested as %s, is fetched, and is cached only if it was fetched whole",
		async (_, headers, status, body) => {
			const path = `/cache/files/data/replaced${status}/Editor.bin`;
			write(path, "former");
			await get(sign(`${path}/a`));
			write(path, "current", 1_700_000_500);
			originSaw();
			const answer = await get(sign(`${path}/a`), headers);
			expect([answer.status, answer.body.toString()]).toEqual([status, body]);
			const first = originSaw().map((seen) => seen.status);
			await get(sign(`${path}/a`), headers);
			const second = originSaw().map((seen) => seen.status);
			expect([first, second]).toEqual(status === 200 ? [[200], [304]] : [[200, 206], [206]]);
		},
	);

	it.each([
		["expires -1;", "an Expires of the past, and no-cache"],
		["add_header Expires 0;", "an Expires that is no date"],
		["add_header X-Accel-Expires 0;", "X-Accel-Expires"],
		["add_header Cache-Control 's-maxage=0, max-age=600';", "s-maxage"],
	])("no file is cached if the operator's nginx sends %s", async (directive) => {
		const strict = createCachedFiles(directive);
		const origin = await startNginx(strict.server);
		const before = await start({ ORIGIN: origin.url.origin });
		strict.write("/cache/files/data/strict/media/image1.png", "x");
		const url = sign("/cache/files/data/strict/media/image1.png/a");
		for (const _ of [1, 2]) expect(outcomeOf(await get(url, {}, "GET", before.url))).toEqual([200, "miss"]);
		await before.stop();
		await origin.stop();
		strict.clear();
	});

	it("with the cache off, each request goes to the origin", async () => {
		const off = await start({ CACHE_SECONDS: "0", CACHE_REVALIDATED_SECONDS: "0" });
		write("/cache/files/data/off/media/image1.png", "x");
		const url = sign("/cache/files/data/off/media/image1.png/i.png");
		for (const _ of [1, 2]) expect(outcomeOf(await get(url, {}, "GET", off.url))).toEqual([200, undefined]);
		expect(originSaw().length).toBe(2);
		await off.stop();
	});

	it("a file is cached no longer than CACHE_SECONDS", async () => {
		const short = await start({ CACHE_SECONDS: "10" });
		write("/cache/files/data/short/media/image1.png", "x");
		const url = sign("/cache/files/data/short/media/image1.png/i.png");
		const ask = async () => outcomeOf(await get(url, {}, "GET", short.url));
		expect([await ask(), await ask()]).toEqual([
			[200, "miss"],
			[200, "hit"],
		]);
		await expect.poll(ask).toEqual([200, "miss"]);
		await short.stop();
	});
});
