/**
 * The deny list outside the Worker. Protects against requests that wait for it, against a list that is lost when a reading
 * fails, and against a typing error that opens or closes anything.
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDenyLists, DENY_LIST_KEY, REREAD_MS, WAIT_MS } from "../../../src/config/deny/deny-lists.ts";
import worker from "../../../src/worker.ts";
import { callEdge, BINDINGS as EDGE } from "../support/call-edge.ts";

const BINDINGS = { ...EDGE, JWT_ENABLED: "false" };
const LOCKED = '{"lockdown":true}';
const INVALID = '{"networks":["x"]}';
type Value = string | null | Error | Promise<string>;

/** A KV namespace whose value the test changes. It counts its readings. */
function createNamespace(first: Value) {
	const namespace = {
		value: first,
		readings: 0,
		get: async (key: string) => {
			expect(key).toBe(DENY_LIST_KEY);
			namespace.readings++;
			if (namespace.value instanceof Error) throw namespace.value;
			return namespace.value;
		},
	};
	return namespace;
}

/** @returns whether the lists say lockdown, at one time after another */
function open(env: object) {
	const told: string[] = [];
	const lists = createDenyLists({ ...env }, (problems) => {
		told.push(problems.map(({ binding, problem }) => `${binding} ${problem}`).join());
	});
	const waited: Promise<unknown>[] = [];
	const at = async (nowMs: number) => {
		const rules = lists.current(nowMs, (work) => waited.push(work));
		const isAwaited = rules instanceof Promise;
		const { lists: read, isIncomplete } = await rules;
		// The reading goes on beside the request.
		await Promise.all(waited);
		const isLocked = read.some(({ lockdown }) => lockdown);
		return `${isAwaited ? "waits, " : ""}${isIncomplete ? "incomplete" : isLocked ? "locked" : "open"}`;
	};
	return { at, told };
}

describe("DENY_LIST, read again beside the requests", () => {
	it("the first request waits, the later ones follow the last reading", async () => {
		const namespace = createNamespace("{}");
		const { at } = open({ DENY_LIST: namespace });
		expect(await at(0)).toBe("waits, open");
		namespace.value = LOCKED;
		expect(await at(REREAD_MS - 1)).toBe("open");
		expect(namespace.readings).toBe(1);
		expect(await at(REREAD_MS)).toBe("open");
		expect(namespace.readings).toBe(2);
		expect(await at(REREAD_MS + 1)).toBe("locked");
		expect(namespace.readings).toBe(2);
	});

	it("after a pause of a minute the request waits again: its list would be older", async () => {
		const namespace = createNamespace("{}");
		const { at } = open({ DENY_LIST: namespace });
		await at(0);
		namespace.value = LOCKED;
		expect(await at(2 * REREAD_MS)).toBe("waits, locked");
	});

	it.each<[string, Value]>([
		["cannot be read", new Error("no network")],
		["is invalid", INVALID],
		["is no JSON", "lockdown"],
	])("the last good list stays when the new one %s", async (_, value) => {
		const namespace = createNamespace(LOCKED);
		const { at, told } = open({ DENY_LIST: namespace });
		await at(0);
		namespace.value = value;
		await at(REREAD_MS);
		expect(await at(REREAD_MS + 1)).toBe("locked");
		expect(told).toHaveLength(1);
		await at(2 * REREAD_MS);
		expect(told).toHaveLength(1);
		namespace.value = null;
		await at(3 * REREAD_MS);
		expect(await at(3 * REREAD_MS + 1)).toBe("open");
	});

	it("an empty namespace is an empty list", async () => {
		expect(await open({ DENY_LIST: createNamespace(null) }).at(0)).toBe("waits, open");
	});

	it("a namespace that never answers holds a request for three seconds, and the next ones not at all", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout"] });
		const lists = createDenyLists({ DENY_LIST: createNamespace(new Promise(() => {})) }, () => undefined);
		const first = lists.current(0, () => undefined);
		await vi.advanceTimersByTimeAsync(WAIT_MS);
		expect((await first).isIncomplete).toBe(true);
		expect(lists.current(1, () => undefined)).not.toBeInstanceOf(Promise);
		vi.useRealTimers();
	});

	it("both lists hold", async () => {
		expect(await open({ DENY: LOCKED, DENY_LIST: createNamespace("{}") }).at(0)).toBe("waits, locked");
		expect(await open({ DENY: "{}", DENY_LIST: createNamespace(LOCKED) }).at(0)).toBe("waits, locked");
	});

	it("a secret of a Secrets Store is read as DENY", async () => {
		expect(await open({ DENY: { get: async () => LOCKED } }).at(0)).toBe("waits, locked");
	});

	it.each([
		[{ DENY: "{" }, "DENY is no JSON object of rules"],
		[{ DENY: INVALID }, "DENY networks[0] is not a network like 203.0.113.0/24 or 2001:db8::/32"],
		[{ DENY_LIST: "{}" }, "DENY_LIST is no KV namespace"],
	])("%j is told", async (env, problem) => {
		const { at, told } = open(env);
		expect(await at(0)).toBe("incomplete");
		expect(told).toEqual([problem]);
	});
});

describe("DENY_FAIL: a list of which no good reading is known", () => {
	const command = () => new Request("https://edge.test/command", { method: "POST", body: "{}" });
	it.each([
		["open", "an invalid list changes nothing", INVALID, 200, null],
		["closed", "protected routes are closed", INVALID, 503, "deny_list_unavailable"],
		["closed", "a good list closes nothing", "{}", 200, null],
	])("%s: %s", async (DENY_FAIL, _, DENY, status, reason) => {
		const { response, log } = await callEdge(command(), { ...BINDINGS, DENY, DENY_FAIL });
		expect([response.status, response.headers.get("X-Edge-Reason")]).toEqual([status, reason]);
		// A problem is in the log, whatever DENY_FAIL says.
		expect(log.some((line) => line.includes('"binding":"DENY","problem":"networks[0]'))).toBe(
			DENY === INVALID,
		);
	});

	it("open routes stay open", async () => {
		const env = { ...BINDINGS, DENY_LIST: createNamespace(new Error("no network")), DENY_FAIL: "closed" };
		expect((await callEdge(new Request("https://edge.test/web-apps/x.js"), env)).response.status).toBe(200);
		expect((await callEdge(command(), env)).response.status).toBe(503);
	});

	it("a value that is neither is a problem of the configuration", async () => {
		expect((await callEdge(command(), { ...BINDINGS, DENY_FAIL: "maybe" })).response.status).toBe(503);
	});
});

describe("in the Worker", () => {
	beforeEach(() => {
		vi.useFakeTimers({ toFake: ["Date"] });
		vi.spyOn(console, "log").mockImplementation(() => undefined);
		vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("origin"));
	});
	afterEach(() => {
		vi.useRealTimers();
		vi.restoreAllMocks();
	});
	it("a change holds from the second request after 30 seconds on, in one isolate", async () => {
		const namespace = createNamespace("{}");
		const env = { ...BINDINGS, DENY_LIST: namespace };
		const statusAfter = async (ms: number) => {
			vi.advanceTimersByTime(ms);
			const context = createExecutionContext();
			const request = new Request<unknown, IncomingRequestCfProperties>("https://edge.test/command", {
				method: "POST",
				body: "{}",
			});
			const { status } = await worker.fetch(request, env, context);
			await waitOnExecutionContext(context);
			return status;
		};
		expect(await statusAfter(0)).toBe(200);
		namespace.value = LOCKED;
		expect([await statusAfter(REREAD_MS), await statusAfter(1)]).toEqual([200, 503]);
		namespace.value = "{}";
		expect([await statusAfter(REREAD_MS), await statusAfter(1)]).toEqual([503, 200]);
	});
});
