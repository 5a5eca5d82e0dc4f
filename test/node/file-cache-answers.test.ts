/**
 * Compares responses of the file cache with nginx's own. Each row of the table goes as the same bytes to a real nginx
 * and to the edge, in every state of a cached file. Status, headers and body have to be equal. Protects against a 304
 * for a file that has changed, and against wrong parts of a file.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { parseHttpTime } from "../../src/file-cache/http-time.ts";
import { pick, type Random, seeded } from "../random.ts";
import { createCachedFiles, FAR, SECRET, signLink } from "./support/cached-files.ts";
import { hasNginx, type Nginx, startNginx } from "./support/nginx.ts";
import { type RawResponse, sendRaw } from "./support/raw-http.ts";

/** The platform's cache holds both. The isolate's memory holds the small one, if it never changes. */
const LARGE = 100_000;
const SMALL = 60_000;
/** Tue, 14 Nov 2023 22:13:20 GMT */
const MODIFIED = 1_700_000_000;
const FORMER = randomBytes(LARGE);
const CURRENT = randomBytes(LARGE);
const FILENAME = "%D0%BB%D0%B8%D1%81%D1%82%20%22%F0%9F%98%80%22.png";

/** nginx's ETag of a file with this time and length. Source: nginx `ngx_http_set_etag`. */
const tagOf = (modified: number, lengthBytes: number) =>
	`"${modified.toString(16)}-${lengthBytes.toString(16)}"`;
const DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
const SAME = { "If-Modified-Since": DATE };
const PART = "bytes=0-9";

const DATES = 2000;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const SAME_DATES = [DATE, "Tuesday, 14-Nov-23 22:13:20 GMT", "Tue Nov 14 22:13:20 2023"];

/** An array sends one header several times. */
type Headers = Readonly<Record<string, string | readonly string[]>>;
type Row = [name: string, headers: Headers, method?: string];

/** The requests for a file of this length. */
function rowsOf(lengthBytes: number): Row[] {
	const tag = tagOf(MODIFIED, lengthBytes);
	// biome-ignore format: a table
	return [
		["the whole file", {}],
		["HEAD", {}, "HEAD"],

		["the first bytes", { Range: "bytes=0-99" }],
		["the first byte", { Range: "bytes=0-0" }],
		["the last bytes", { Range: "bytes=-7" }],
		["the last byte", { Range: `bytes=${lengthBytes - 1}-` }],
		["the whole file as one part", { Range: "bytes=0-" }],
		["from the middle", { Range: "bytes=50000-" }],
		["to the end exactly", { Range: `bytes=${lengthBytes - 10}-${lengthBytes - 1}` }],
		["to beyond the end", { Range: `bytes=${lengthBytes - 10}-200000` }],
		["to far beyond the end", { Range: "bytes=5-999999999999999" }],
		["to an end that nginx cannot count", { Range: "bytes=5-99999999999999999999" }],
		["a suffix as long as the file", { Range: `bytes=-${lengthBytes}` }],
		["a suffix longer than the file", { Range: "bytes=-200000" }],
		["a suffix of zero bytes", { Range: "bytes=-0" }],
		["a part at the end", { Range: `bytes=${lengthBytes}-` }],
		["a part beyond the end", { Range: "bytes=200000-" }],
		["a part that ends before it begins", { Range: "bytes=9-5" }],
		["the first byte and a suffix of zero bytes", { Range: "bytes=0-0,-0" }],
		["leading zeros", { Range: "bytes=00-0009" }],
		["a range without numbers", { Range: "bytes=-" }],
		["no equals sign", { Range: "bytes 0-9" }],
		["a unit without a range", { Range: "bytes=" }],
		["letters for numbers", { Range: "bytes=a-b" }],
		["a letter after the range", { Range: "bytes=0-9x" }],
		["two minus signs", { Range: "bytes=--9" }],
		["the unit in capitals", { Range: "BYTES=0-9" }],
		["spaces inside", { Range: "bytes= 0 - 9 " }],
		["a space before the unit", { Range: " bytes=0-9" }],
		["another unit", { Range: "lines=1-2" }],
		["an empty range", { Range: "" }],
		["two parts", { Range: "bytes=0-1,5-6" }],
		["parts that overlap", { Range: "bytes=0-60000,0-60000" }],
		["one part of two beyond the end", { Range: "bytes=0-1,200000-" }],
		["a range sent twice", { Range: ["bytes=0-1", "bytes=5-6"] }],
		["HEAD with a part", { Range: PART }, "HEAD"],
		["HEAD with a part beyond the end", { Range: "bytes=200000-" }, "HEAD"],

		["If-Range: the tag", { Range: PART, "If-Range": tag }],
		["If-Range: the tag, weak", { Range: PART, "If-Range": `W/${tag}` }],
		["If-Range: two tags, one of them right", { Range: PART, "If-Range": `"x", ${tag}` }],
		["If-Range: another tag", { Range: PART, "If-Range": '"other"' }],
		["If-Range: *", { Range: PART, "If-Range": "*" }],
		["If-Range: the tag without quotes", { Range: PART, "If-Range": tag.slice(1, -1) }],
		["If-Range: a lone quote", { Range: PART, "If-Range": '"' }],
		["If-Range: sent twice", { Range: PART, "If-Range": [DATE, "x"] }],
		["If-Range: empty", { Range: PART, "If-Range": "" }],
		["If-Range: the date", { Range: PART, "If-Range": DATE }],
		["If-Range: a later date", { Range: PART, "If-Range": "Tue, 14 Nov 2023 22:13:21 GMT" }],
		["If-Range: the date in ISO 8601", { Range: PART, "If-Range": "2023-11-14T22:13:20Z" }],
		["If-Range: the date in asctime's form", { Range: PART, "If-Range": "Tue Nov 14 22:13:20 2023" }],
		["If-Range: the tag, with a part beyond the end", { Range: "bytes=200000-", "If-Range": tag }],
		["If-Range: another tag, with a part beyond the end", { Range: "bytes=200000-", "If-Range": '"other"' }],
		["If-Range: the tag, without Range", { "If-Range": tag }],

		["If-None-Match: the tag", { "If-None-Match": tag }],
		["If-None-Match: the tag, by HEAD", { "If-None-Match": tag }, "HEAD"],
		["If-None-Match: the tag, weak, after another", { "If-None-Match": `"x", W/${tag}` }],
		["If-None-Match: the tag, marked weak twice", { "If-None-Match": `W/W/${tag}` }],
		["If-None-Match: the tag with a small w", { "If-None-Match": `w/${tag}` }],
		["If-None-Match: a list without spaces", { "If-None-Match": `"x",${tag},"y"` }],
		["If-None-Match: a list with empty members", { "If-None-Match": `, ,,${tag} ,` }],
		["If-None-Match: the tag and a letter", { "If-None-Match": `${tag}x` }],
		["If-None-Match: the tag, a space and a letter", { "If-None-Match": `${tag} x, "y"` }],
		["If-None-Match: the tag in capitals", { "If-None-Match": tag.toUpperCase() }],
		["If-None-Match: the tag without quotes", { "If-None-Match": tag.slice(1, -1) }],
		["If-None-Match: *", { "If-None-Match": "*" }],
		["If-None-Match: * and another tag", { "If-None-Match": '*, "x"' }],
		["If-None-Match: another tag", { "If-None-Match": '"other"' }],
		["If-None-Match: empty", { "If-None-Match": "" }],
		["If-None-Match: sent twice", { "If-None-Match": ['"x"', tag] }],

		["If-Modified-Since: the date", SAME],
		["If-Modified-Since: the date, by HEAD", SAME, "HEAD"],
		["If-Modified-Since: a later date", { "If-Modified-Since": "Fri, 20 Nov 2026 00:00:00 GMT" }],
		["If-Modified-Since: an earlier date", { "If-Modified-Since": "Tue, 14 Nov 2023 22:13:19 GMT" }],
		["If-Modified-Since: a letter", { "If-Modified-Since": "x" }],
		["If-Modified-Since: empty", { "If-Modified-Since": "" }],
		["If-Modified-Since: the date, sent twice", { "If-Modified-Since": [DATE, DATE] }],
		["If-Modified-Since: another date, then the date", { "If-Modified-Since": ["Fri, 20 Nov 2026 00:00:00 GMT", DATE] }],
		["If-Modified-Since: ISO 8601", { "If-Modified-Since": "2023-11-14T22:13:20Z" }],
		["If-Modified-Since: ISO 8601 with a space", { "If-Modified-Since": "2023-11-14 22:13:20Z" }],
		["If-Modified-Since: a Unix time", { "If-Modified-Since": String(MODIFIED) }],
		["If-Modified-Since: no weekday", { "If-Modified-Since": "14 Nov 2023 22:13:20 GMT" }],
		["If-Modified-Since: another weekday", { "If-Modified-Since": "Mon, 14 Nov 2023 22:13:20 GMT" }],
		["If-Modified-Since: a comma for the weekday", { "If-Modified-Since": ",14 Nov 2023 22:13:20" }],
		["If-Modified-Since: a space before the comma", { "If-Modified-Since": "Tue , 14 Nov 2023 22:13:20 GMT" }],
		["If-Modified-Since: RFC 850", { "If-Modified-Since": "Tuesday, 14-Nov-23 22:13:20 GMT" }],
		["If-Modified-Since: RFC 850 with a year of four digits", { "If-Modified-Since": "Tuesday, 14-Nov-2023 22:13:20 GMT" }],
		["If-Modified-Since: asctime", { "If-Modified-Since": "Tue Nov 14 22:13:20 2023" }],
		["If-Modified-Since: asctime with a zone", { "If-Modified-Since": "Tue Nov 14 22:13:20 2023 GMT" }],
		["If-Modified-Since: asctime without a weekday", { "If-Modified-Since": "Nov 14 22:13:20 2023" }],
		["If-Modified-Since: another zone", { "If-Modified-Since": "Wed, 15 Nov 2023 00:13:20 +0200" }],
		["If-Modified-Since: a zone that nginx skips", { "If-Modified-Since": "Tue, 14 Nov 2023 22:13:20 +0200" }],
		["If-Modified-Since: no zone", { "If-Modified-Since": "Tue, 14 Nov 2023 22:13:20" }],
		["If-Modified-Since: a misspelt month", { "If-Modified-Since": "Tue, 14 Nxx 2023 22:13:20 GMT" }],
		["If-Modified-Since: a month in small letters", { "If-Modified-Since": "Tue, 14 nov 2023 22:13:20 GMT" }],
		["If-Modified-Since: a month in full", { "If-Modified-Since": "Tue, 14 November 2023 22:13:20 GMT" }],
		["If-Modified-Since: a day of one digit", { "If-Modified-Since": "Tue, 4 Nov 2023 22:13:20 GMT" }],
		["If-Modified-Since: two spaces after the weekday", { "If-Modified-Since": "Tue,  14 Nov 2023 22:13:20 GMT" }],
		["If-Modified-Since: two spaces before the time", { "If-Modified-Since": "Tue, 14 Nov 2023  22:13:20 GMT" }],
		["If-Modified-Since: Netscape's `length`", { "If-Modified-Since": `${DATE}; length=${lengthBytes}` }],
		["If-Modified-Since: second 80", { "If-Modified-Since": "Tue, 14 Nov 2023 22:12:80 GMT" }],
		["If-Modified-Since: hour 46", { "If-Modified-Since": "Mon, 13 Nov 2023 46:13:20 GMT" }],

		["both conditions hold", { "If-None-Match": tag, ...SAME }],
		["both conditions, with another tag", { "If-None-Match": '"x"', ...SAME }],
		["both conditions, with another date", { "If-None-Match": tag, "If-Modified-Since": "Fri, 20 Nov 2026 00:00:00 GMT" }],
		["both conditions, with the date in ISO 8601", { "If-None-Match": tag, "If-Modified-Since": "2023-11-14T22:13:20Z" }],
		["both conditions, empty", { "If-None-Match": "", "If-Modified-Since": "" }],
		["a condition that fails and a part", { "If-None-Match": '"x"', Range: PART }],
		["a condition that holds and a part", { "If-None-Match": tag, Range: PART }],
		["a condition that holds and a part beyond the end", { ...SAME, Range: "bytes=200000-" }],
		["If-Match: the tag", { "If-Match": tag }],
		["If-Match: another tag", { "If-Match": '"other"' }],
		["If-Unmodified-Since: the date", { "If-Unmodified-Since": DATE }],
		["If-Unmodified-Since: an earlier date", { "If-Unmodified-Since": "Mon, 13 Nov 2000 00:00:00 GMT" }],
		["the conditions of a browser", { "If-None-Match": `W/${tag}`, ...SAME, "Accept-Encoding": "gzip, br" }],
		["the part request of a browser", { Range: PART, "If-Range": tag, "Accept-Encoding": "identity" }],
		["a reload", { "Cache-Control": "no-cache", Pragma: "no-cache" }],
		["a reload of a part", { "Cache-Control": "max-age=0", Range: PART, "If-Range": tag }],
	];
}

/** Headers of the connection, of the moment, or of the edge alone. */
const OWN =
	/^(?:date|server|connection|keep-alive|transfer-encoding|cache-control|x-edge-cache|x-request-id)$/;
/** The platform drops an empty header and joins a repeated one before the edge sees them. */
const asPlatformReads = (headers: Headers): Headers =>
	Object.fromEntries(
		Object.entries(headers)
			.map(([name, value]) => [name, [value].flat().join(", ")] as const)
			.filter(([, value]) => value !== ""),
	);

function visible({ status, headers, body }: RawResponse) {
	const kept = Object.entries(headers).filter(([name]) => !OWN.test(name));
	const boundary = headers["content-type"]?.split("boundary=")[1];
	const neutral = (text: string) => (boundary ? text.replaceAll(boundary, "boundary") : text);
	const named = kept.map(([name, value]) => [name, neutral(value)] as const);
	return { status, headers: Object.fromEntries(named), body: neutral(body.toString("latin1")) };
}

describe.runIf(hasNginx)(`${rowsOf(LARGE).length} requests: the response equals nginx's`, () => {
	// Source: the package's ds-common.conf. With gzip_vary a document's response varies by its coding.
	const files = createCachedFiles("gzip on; gzip_vary on; gzip_types application/octet-stream;");
	let nginx: Nginx;
	let edge: Edge;
	let count = 0;
	beforeAll(async () => {
		nginx = await startNginx(files.server);
		edge = await startEdge({
			bundle: await readBundle(),
			bindings: { ORIGIN: nginx.url.origin, JWT_SECRET: "a token secret", SECURE_LINK_SECRET: SECRET },
			onLog: () => undefined,
		});
	});
	afterAll(async () => {
		await edge.stop();
		await nginx.stop();
		files.clear();
	});
	const send = (to: URL, target: string, headers: Headers = {}, method = "GET") =>
		sendRaw(to, { method, target, headers, hostHeader: "edge.test" });

	// biome-ignore format: a table
	const states: readonly [name: string, path: string, lengthBytes: number, outcomes: RegExp, isCached: boolean][] = [
		["a picture in the isolate's memory", "media/image1.png", SMALL, /^(?:hit|revalidated|bypass)$/, true],
		["a picture in the platform's cache", "media/image1.png", LARGE, /^(?:hit|revalidated|bypass)$/, true],
		["a cached file that has to be revalidated", "Editor.bin", LARGE, /^(?:revalidated|bypass)$/, true],
		["a file that is not in the cache", "Editor.bin", LARGE, /^(?:miss|bypass)$/, false],
	];
	describe.each(states)("%s", (_, name, lengthBytes, outcomes, isCached) => {
		it.each(rowsOf(lengthBytes))("%s", async (_, headers, method) => {
			const path = `/cache/files/data/doc${count++}/${name}`;
			files.write(path, CURRENT.subarray(0, lengthBytes), MODIFIED);
			const url = signLink(`${path}/a`, FAR, FILENAME);
			if (isCached) await send(edge.url, url);
			const ours = await send(edge.url, url, headers, method);
			expect(visible(ours)).toEqual(visible(await send(nginx.url, url, asPlatformReads(headers), method)));
			expect(ours.headers["x-edge-cache"]).toMatch(outcomes);
			if (ours.status < 400) expect(ours.headers["cache-control"]).toBe("private");
		});
	});

	describe("a file that has changed since it was cached", () => {
		it.each(rowsOf(LARGE))("%s", async (_, headers, method) => {
			const path = `/cache/files/data/doc${count++}/Editor.bin`;
			const url = signLink(`${path}/a`, FAR, FILENAME);
			files.write(path, FORMER, MODIFIED - 1000);
			await send(edge.url, url);
			expect((await send(edge.url, url)).headers["x-edge-cache"]).toBe("revalidated");
			files.write(path, CURRENT, MODIFIED);
			const ours = await send(edge.url, url, headers, method);
			expect(visible(ours)).toEqual(visible(await send(nginx.url, url, asPlatformReads(headers), method)));
			expect(ours.headers["x-edge-cache"]).toMatch(/^(?:miss|bypass)$/);
		});
	});

	it.each([["GET"], ["HEAD"]])("an empty file: parts, conditions, %s", async (method) => {
		for (const headers of [{}, { Range: "bytes=0-" }, { Range: "bytes=-1" }, { Range: "bytes=1-" }, SAME]) {
			const path = `/cache/files/data/doc${count++}/media/image1.png`;
			files.write(path, "", MODIFIED);
			const url = signLink(`${path}/a`);
			await send(edge.url, url);
			const ours = await send(edge.url, url, headers, method);
			expect(visible(ours)).toEqual(visible(await send(nginx.url, url, asPlatformReads(headers), method)));
		}
	});

	it(`${DATES} dates with random mistakes (SEED=${SEED}) are read as nginx reads them`, async () => {
		const random = seeded(SEED);
		files.write("/cache/files/data/dates/Editor.bin", CURRENT, MODIFIED);
		const url = signLink("/cache/files/data/dates/Editor.bin/a");
		const counts = { same: 0, other: 0 };
		for (let n = 0; n < DATES; n++) {
			const date = mutate(pick(random, SAME_DATES), random);
			const { status } = await send(nginx.url, url, { "If-Modified-Since": date });
			const isSame = parseHttpTime(date.trim()) === MODIFIED;
			expect([date, isSame ? 304 : 200]).toEqual([date, status]);
			counts[isSame ? "same" : "other"]++;
		}
		expect(Math.min(counts.same, counts.other)).toBeGreaterThan(DATES / 10);
	});
});

const PIECES = [..." ,-:;0123456789aeNovTuDc", "  ", ", ", "GMT", "Nov", "Oct", "2023", "23", "14"];

/** Removes, replaces or inserts up to two characters. */
function mutate(date: string, random: Random): string {
	let text = date;
	for (let edits = 1 + Math.floor(random() * 2); edits > 0; edits--) {
		const at = Math.floor(random() * (text.length + 1));
		text =
			text.slice(0, at) +
			(random() < 0.7 ? pick(random, PIECES) : "") +
			text.slice(at + (random() < 0.7 ? 1 : 0));
	}
	return text;
}
