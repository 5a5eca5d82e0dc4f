/**
 * The lines of the log. The first line of an isolate names the version, so that a reader knows which code decided.
 */
import { expect, it, vi } from "vitest";
import type { DecisionRecord } from "../../../src/observe/decision-record.ts";
import { VERSION } from "../../../src/version.ts";

const RECORD: DecisionRecord = {
	receivedMs: Date.UTC(2026, 10, 21),
	id: "id",
	host: "edge.test",
	method: "GET",
	route: "open",
	verdict: "accept",
	status: 200,
	ms: 0,
};

it("only the first line has the version", async () => {
	vi.resetModules();
	const { logRecord } = await import("../../../src/observe/log.ts");
	const lines: string[] = [];
	const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
	logRecord(RECORD);
	logRecord(RECORD);
	log.mockRestore();
	const { receivedMs: _, ...rest } = RECORD;
	const line = { time: "2026-11-21T00:00:00.000Z", ...rest };
	expect(lines.map((one) => JSON.parse(one))).toEqual([{ ...line, version: VERSION }, line]);
});
