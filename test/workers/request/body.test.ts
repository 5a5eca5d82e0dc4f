/**
 * The body that may hold a token. Protects against a coding or a method under which the edge reads another text than the
 * server, and against a client that announces a body and stops.
 */
import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type BodyRules, readBody } from "../../../src/request/body.ts";
import { within } from "../../../src/request/time-limit.ts";
import { encode } from "../support/keys.ts";

const RULES: BodyRules = { limitBytes: 4096, stallMs: 0, keep: false };
type Sent = { readonly method?: string; readonly headers?: HeadersInit; readonly body?: BodyInit };

/** The platform brings a GET with a body, but no test may make one. */
function requestOf({ method = "POST", ...init }: Sent): Request {
	if (method !== "GET" && method !== "HEAD") return new Request("http://h/", { method, ...init });
	const request = new Request("http://h/", { method: "POST", ...init });
	return Object.defineProperty(request, "method", { value: method });
}

describe("what is read", () => {
	const gzipped = (length: number): Sent => ({
		body: gzipSync(new Uint8Array(length)),
		headers: { "Content-Encoding": "gzip" },
	});
	const broken = () => new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
	const text = '{"token":"é"}';
	it.each<[string, Sent, string]>([
		["plain", { body: text }, text],
		["identity", { body: text, headers: { "Content-Encoding": "identity" } }, text],
		["gzip", { body: gzipSync(text), headers: { "Content-Encoding": "gzip" } }, text],
		["GZIP", { body: gzipSync(text), headers: { "Content-Encoding": "GZIP" } }, text],
		["deflate", { body: deflateSync(text), headers: { "Content-Encoding": "deflate" } }, text],
		[
			"deflate called gzip",
			{ body: deflateSync(text), headers: { "Content-Encoding": "gzip" } },
			"body_undecodable",
		],
		["br", { body: text, headers: { "Content-Encoding": "br" } }, "body_coding_unsupported"],
		["two codings", { body: text, headers: { "Content-Encoding": "gzip, gzip" } }, "body_coding_unsupported"],
		["a byte order mark, which stays", { body: encode("\ufeff{}") }, "\ufeff{}"],
		["bytes that are no UTF-8", { body: Uint8Array.of(0x22, 0xff, 0x22) }, '"\ufffd"'],
		["gzip, up to the limit", gzipped(4096), "\0".repeat(4096)],
		["gzip of more than the limit", gzipped(4097), "body_too_large"],
		["a body that breaks off", { body: broken() }, "body_undecodable"],
		["an announced one", { body: broken(), headers: { "Content-Length": "9" } }, "body_undecodable"],
		["no body", {}, ""],
		["no body, of a coding", { headers: { "Content-Encoding": "br" } }, ""],
		["GET without a body", { method: "GET" }, ""],
		["GET with a body", { method: "GET", body: text, headers: { "Content-Length": "14" } }, text],
		["HEAD with a body", { method: "HEAD", body: text, headers: { "Content-Length": "14" } }, text],
		["GET with a body of unknown length", { method: "GET", body: text }, "body_length_missing"],
		["HEAD with a body of unknown length", { method: "HEAD", body: text }, "body_length_missing"],
	])("%s", async (_, sent, expected) => {
		const body = await readBody(requestOf(sent), RULES);
		expect("ok" in body ? body.reason : body.text).toBe(expected);
	});
	it("a body is taken from the request, and kept in a GET, a HEAD and in shadow mode", async () => {
		const headers = { "Content-Length": "2" };
		const keptBy = async (method: string, keep: boolean) => {
			const request = requestOf({ method, headers, body: "{}" });
			const body = await readBody(request, { ...RULES, keep });
			return [Object.keys(body), request.bodyUsed];
		};
		const kept = [["text"], false];
		expect(await keptBy("POST", false)).toEqual([["text", "bytes", "decoded"], true]);
		expect(await keptBy("POST", true)).toEqual(kept);
		expect(await keptBy("GET", false)).toEqual(kept);
		expect(await keptBy("HEAD", false)).toEqual(kept);
	});
	it("without a body there are no bytes to forward", async () => {
		expect(await readBody(requestOf({}), RULES)).toEqual({ text: "" });
	});
	it("a body that is too large stays with the request, which another reader may drop", async () => {
		const cancel = vi.fn();
		let left = 100;
		const pull = (controller: ReadableStreamDefaultController) =>
			left-- > 0 ? controller.enqueue(new Uint8Array(4096)) : controller.close();
		const request = requestOf({ body: new ReadableStream({ pull, cancel }) });
		expect(await readBody(request, RULES)).toEqual({ ok: false, reason: "body_too_large" });
		expect(cancel).not.toHaveBeenCalled();
	});
});

describe("a client that stops", () => {
	afterEach(() => vi.useRealTimers());
	const ofLength = (length: number) => {
		const headers = new Headers({ "Content-Length": String(length) });
		return requestOf({ headers, body: new ReadableStream({ pull: () => new Promise(() => undefined) }) });
	};
	it("has its time for the next piece of a body of unknown length", async () => {
		vi.useFakeTimers();
		const body = new ReadableStream({ pull: () => new Promise(() => undefined) });
		const reading = readBody(requestOf({ body }), { ...RULES, stallMs: 1000 });
		await vi.advanceTimersByTimeAsync(1000);
		expect(await reading).toEqual({ ok: false, reason: "client_stalled" });
	});
	it("has the time of the slowest line for an announced body", async () => {
		vi.useFakeTimers();
		const settled = vi.fn();
		const reading = readBody(ofLength(2048), { ...RULES, stallMs: 1000 }).then(settled);
		await vi.advanceTimersByTimeAsync(1499);
		expect(settled).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		await reading;
		expect(settled).toHaveBeenCalledWith({ ok: false, reason: "client_stalled" });
	});
	it.each([
		["a step that settles in time leaves no timer", 1000, Promise.resolve("value"), "value"],
		["a step that never settles is late", 1000, new Promise<string>(() => undefined), "late"],
		["without a limit the step itself counts", 0, Promise.resolve("value"), "value"],
	])("%s", async (_, limitMs, step, outcome) => {
		vi.useFakeTimers();
		const limited = within(step, limitMs);
		expect(limited === step).toBe(limitMs === 0);
		await vi.advanceTimersByTimeAsync(1000);
		expect([await limited, vi.getTimerCount()]).toEqual([outcome, 0]);
	});
	it("a step that settles early takes its timer away, also if it fails", async () => {
		vi.useFakeTimers();
		await within(Promise.resolve(), 1000);
		await expect(within(Promise.reject(new Error("gone")), 1000)).rejects.toThrow("gone");
		expect(vi.getTimerCount()).toBe(0);
	});
});
