/**
 * The cache of verified files, before a real nginx that serves files as the Document Server's does: what
 * it saves, and that a client cannot tell its answers from nginx's own.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { createKey } from "../../src/config/key-ring.ts";
import { signSecureLink } from "../../src/evidence/secure-link.ts";
import { seeded } from "../random.ts";
import { hasNginx, type Nginx, secureLinkServer, startNginx } from "./support/nginx.ts";
import { type RawResponse, sendRaw } from "./support/raw-http.ts";

const SECRET = "a link secret of the cache's tests";
const FAR = 4_102_444_800;
const FILES = 50;
const URLS = 1000;
const NOW = Math.floor(Date.now() / 1000);

const folder = mkdtempSync(join(tmpdir(), "edge-cache-"));
const log = join(folder, "access.log");

/** Sends the file. The last segment is a name, not part of the path. */
const fileServer = `access_log ${log}; ${secureLinkServer(
	SECRET,
	`alias ${folder}$1; add_header Content-Disposition "attachment; filename*=UTF-8''$arg_filename";`,
)}`;

function write(path: string, content: Buffer | string, modified = 1_700_000_000): void {
	mkdirSync(dirname(join(folder, path)), { recursive: true });
	writeFileSync(join(folder, path), content);
	utimesSync(join(folder, path), modified, modified);
}

const sign = (uri: string, expires = FAR, filename = "a.png") => {
	const bytes = Buffer.from(decodeURI(uri), "utf8").toString("latin1");
	const md5 = signSecureLink(bytes, String(expires), createKey("server", SECRET));
	return `${uri}?md5=${md5}&expires=${expires}&filename=${filename}`;
};

/** Lines of nginx since the last call: method, path, status, bytes of the body. */
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

it("Workers Cache, which answers in front of a Worker's entry, is not switched on", () => {
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
		nginx = await startNginx(fileServer);
		edge = await start();
	});
	beforeEach(() => void originSaw());
	afterAll(async () => {
		await edge.stop();
		await nginx.stop();
		rmSync(folder, { recursive: true });
	});

	it(`${URLS} signed URLs of ${FILES} files, none alike: each file is fetched once`, async () => {
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

	it("a burst for one file is one fetch", async () => {
		write("/cache/files/data/burst/media/i.png", randomBytes(3_000_000));
		const urls = Array.from({ length: 30 }, (_, n) =>
			sign("/cache/files/data/burst/media/i.png/i.png", FAR + n),
		);
		const answers = await Promise.all(urls.map((url) => get(url)));
		expect(answers.map(({ status, body }) => [status, body.length])).toEqual(
			answers.map(() => [200, 3_000_000]),
		);
		expect(originSaw().length).toBe(1);
	});

	describe("the check comes first, whatever is stored", () => {
		const uri = "/cache/files/data/first/media/i.png/i.png";
		beforeAll(async () => {
			write("/cache/files/data/first/media/i.png", "picture");
			await get(sign(uri));
			expect(outcomeOf(await get(sign(uri, FAR + 1)))).toEqual([200, "hit"]);
		});
		it.each([
			["expired", sign(uri, NOW - 5), 410],
			["of another signature", sign(uri).replace(/md5=.{3}/, "md5=AAA"), 403],
			["of another file", sign(uri.replace("first", "other")).replace("other", "first"), 403],
			["unsigned", uri, 403],
		])("a link %s", async (_, url, status) => {
			const answer = await get(url);
			expect(answer.status).toBe(status);
			expect(answer.headers["x-edge-cache"]).toBeUndefined();
			expect(answer.headers["cache-control"]).toBe("no-store");
			expect(answer.body.toString()).not.toContain("picture");
			expect(originSaw()).toEqual([]);
		});
	});

	describe("a stored file is answered as nginx answers the file", () => {
		const path = "/cache/files/data/same/media/i.png";
		const content = randomBytes(100_000);
		let etag = "";
		let modified = "";
		beforeAll(async () => {
			write(path, content);
			const { headers } = await get(sign(`${path}/i.png`));
			etag = headers.etag ?? "";
			modified = headers["last-modified"] ?? "";
			expect(etag).toMatch(/^"/);
		});
		const cases: [name: string, headers: () => Record<string, string>, method?: string][] = [
			["the whole", () => ({})],
			["HEAD", () => ({}), "HEAD"],
			["the first bytes", () => ({ Range: "bytes=0-99" })],
			["the last bytes", () => ({ Range: "bytes=-7" })],
			["from the middle", () => ({ Range: "bytes=50000-" })],
			["to beyond the end", () => ({ Range: "bytes=99990-200000" })],
			["a part beyond the end", () => ({ Range: "bytes=200000-" })],
			["two parts", () => ({ Range: "bytes=0-1,5-6" })],
			["no range", () => ({ Range: "lines=1-2" })],
			["a part of HEAD", () => ({ Range: "bytes=0-9" }), "HEAD"],
			["a part if it is the same", () => ({ Range: "bytes=0-9", "If-Range": etag })],
			["a part if it is as old", () => ({ Range: "bytes=0-9", "If-Range": modified })],
			["a part if it is another", () => ({ Range: "bytes=0-9", "If-Range": '"other"' })],
			["unless it is the same", () => ({ "If-None-Match": etag })],
			["unless it is the same, weakly", () => ({ "If-None-Match": `"x", W/${etag}` })],
			["unless it is anything", () => ({ "If-None-Match": "*" })],
			["unless it is another", () => ({ "If-None-Match": '"other"' })],
			["since it was modified", () => ({ "If-Modified-Since": modified })],
			["since later", () => ({ "If-Modified-Since": "Fri, 20 Nov 2026 00:00:00 GMT" })],
			["since nonsense", () => ({ "If-Modified-Since": "x" })],
			["both conditions", () => ({ "If-None-Match": etag, "If-Modified-Since": modified })],
			["conditions that differ", () => ({ "If-None-Match": '"x"', "If-Modified-Since": modified })],
			["a condition and a part", () => ({ "If-None-Match": '"x"', Range: "bytes=0-9" })],
			["if it is the same", () => ({ "If-Match": etag })],
			["if it is another", () => ({ "If-Match": '"other"' })],
			["unless modified since", () => ({ "If-Unmodified-Since": modified })],
		];
		const visible = ({ status, headers, body }: RawResponse) => {
			const names = ["content-type", "content-length", "content-range", "content-disposition", "etag"];
			const kept = [...names, "last-modified"].map((name) => [name, headers[name]]);
			const boundary = headers["content-type"]?.split("boundary=")[1];
			return boundary
				? [status, body.toString("latin1").replaceAll(boundary, "")]
				: [status, Object.fromEntries(kept), body.toString("latin1")];
		};
		it.each(cases)("%s", async (_, headers, method) => {
			const url = sign(`${path}/i.png`, FAR, "%D0%BB%D0%B8%D1%81%D1%82%20%22%F0%9F%98%80%22.png");
			const real = await get(url, headers(), method, nginx.url);
			const ours = await get(url, headers(), method);
			expect(visible(ours)).toEqual(visible(real));
			if (ours.status < 400) expect(ours.headers["cache-control"]).toBe("private");
			expect(ours.headers["x-edge-cache"]).toMatch(/^(hit|bypass)$/);
		});
		it("each request has its own name to save it under", async () => {
			for (const name of ["a.png", "%E6%96%87%E4%BB%B6.png", ""]) {
				const { headers } = await get(sign(`${path}/i.png`, FAR, name));
				expect(headers["content-disposition"]).toBe(`attachment; filename*=UTF-8''${name}`);
				expect(headers["x-edge-cache"]).toBe("hit");
			}
		});
		it("a reload asks the origin anew", async () => {
			const answer = await get(sign(`${path}/i.png`), { "Cache-Control": "no-cache" });
			expect(answer.headers["x-edge-cache"]).toBe("revalidated");
			expect(originSaw().map(({ status }) => status)).toEqual([304]);
		});
	});

	it("two hosts never share a file, nor do two names of one", async () => {
		write("/cache/files/data/hosts/media/i.png", "x");
		const target = sign("/cache/files/data/hosts/media/i.png/i.png");
		for (const Host of ["a.test", "b.test", "a.test:8443"]) {
			expect(outcomeOf(await get(target, { Host }))).toEqual([200, "miss"]);
			expect(outcomeOf(await get(target, { Host }))).toEqual([200, "hit"]);
		}
		const other = sign("/cache/files/data/hosts/media/i.png/%E6%96%87.png");
		expect(outcomeOf(await get(other, { Host: "a.test" }))).toEqual([200, "miss"]);
	});

	it("what may change is asked for each time, and seen when it has", async () => {
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
		rmSync(join(folder, path));
		expect(outcomeOf(await get(url))).toEqual([404, "miss"]);
	});

	it("switched off, each request goes to the origin", async () => {
		const off = await start({ CACHE_SECONDS: "0", CACHE_REVALIDATED_SECONDS: "0" });
		write("/cache/files/data/off/media/i.png", "x");
		const url = sign("/cache/files/data/off/media/i.png/i.png");
		for (const _ of [1, 2]) expect(outcomeOf(await get(url, {}, "GET", off.url))).toEqual([200, undefined]);
		expect(originSaw().length).toBe(2);
		await off.stop();
	});

	it("for no longer than it may", async () => {
		const short = await start({ CACHE_SECONDS: "10" });
		write("/cache/files/data/short/media/i.png", "x");
		const url = sign("/cache/files/data/short/media/i.png/i.png");
		const ask = async () => outcomeOf(await get(url, {}, "GET", short.url));
		expect([await ask(), await ask()]).toEqual([
			[200, "miss"],
			[200, "hit"],
		]);
		await expect.poll(ask).toEqual([200, "miss"]);
		await short.stop();
	});
});
