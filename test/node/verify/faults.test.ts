/**
 * The check of failing origins and clients. Protects against a product that leaves cells out, and against a check that
 * finds nothing.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { CELLS, type Cell } from "../../../verify/faults/cells.ts";
import { PRODUCT_ORIGINS } from "../../../verify/faults/origins.ts";
import { runProduct } from "../../../verify/faults/product.ts";
import { CLIENT_BEHAVIOURS } from "../support/faults/clients.ts";
import { FAULT_ROUTES } from "../support/faults/routes.ts";
import { readableWorker, withFault } from "./planted-fault.ts";

const deadlineMs = Number.POSITIVE_INFINITY;
const cell = (origin: string, route: string, client: string): Cell => {
	const found = CELLS.find(
		(one) => one.origin.name === origin && one.route.name === route && one.client.name === client,
	);
	if (found === undefined) throw new Error(`no cell ${origin}, ${route}, ${client}`);
	return found;
};

it("the product has every origin with every route and every client that can do this", () => {
	const withBody = FAULT_ROUTES.filter(({ body }) => body !== "none").length;
	const anyRoute = CLIENT_BEHAVIOURS.filter(({ needsBody }) => !needsBody).length;
	const pairs = FAULT_ROUTES.length * anyRoute + withBody * (CLIENT_BEHAVIOURS.length - anyRoute);
	expect(CELLS.length).toBe(PRODUCT_ORIGINS.length * pairs);
	expect(new Set(CELLS.map(({ hostname }) => hostname)).size).toBe(CELLS.length);
});

describe("some cells of the product", () => {
	const some = [
		cell("refuses connections", "an asset", "waits for its answer"),
		cell("is silent", "a command", "waits for its answer"),
		cell("resets in the middle of its response", "a cached file", "reads its answer slowly"),
		cell("stops in the middle of its response", "a download by GET", "waits for its answer"),
		cell("answers well", "an upload", "stops in the middle of its body"),
		cell(
			"answers well, but not its health check",
			"a form on an open route",
			"resets in the middle of its body",
		),
		cell("answers late", "a callback", "sends its body slowly"),
	];
	it("are as expected", async () => {
		const source = await readBundle();
		const { cells, findings } = await runProduct({ source, cells: some, times: 6, deadlineMs });
		expect(findings).toEqual([]);
		expect(cells).toBe(some.length);
	});

	/** Each fault is planted in the bundle, and a cell has to show it. */
	const planted: [name: string, lines: Readonly<Record<string, string>>, shownBy: Cell, finding: RegExp][] = [
		[
			"a Worker that never ends a wait for the origin",
			{ "setTimeout(end, timeoutMs,": "setTimeout(() => undefined, timeoutMs," },
			cell("is silent", "an asset", "waits for its answer"),
			/waits for ever/,
		],
		[
			"a Worker that counts a client's own failures against the origin",
			{
				"counts: isAllSent &&": "counts: true ||",
				'isSilence = fault === "origin_timeout"': "isSilence = true",
			},
			cell("answers well, but not its health check", "an upload", "stops in the middle of its body"),
			/the next client .* got 503 origin_down/,
		],
		[
			"a Worker that says 500 in place of the origin's fault",
			{ '"origin unreachable": 502': '"origin unreachable": 500' },
			cell("resets before headers", "a conversion", "waits for its answer"),
			/500 origin_unreachable whole instead of 502/,
		],
	];
	let readable: string;
	beforeAll(async () => {
		readable = await readableWorker();
	});
	it.each(planted)("%s is found", async (_, lines, shownBy, finding) => {
		const source = Object.entries(lines).reduce(
			(worker, [line, fault]) => withFault(worker, line, fault),
			readable,
		);
		const patienceMs = 5000;
		const { findings } = await runProduct({ source, cells: [shownBy], times: 6, deadlineMs, patienceMs });
		expect(findings.join("\n")).toMatch(finding);
	});
	it("past the deadline few cells are run, and counted", async () => {
		const late = { source: await readBundle(), cells: CELLS.slice(0, 100), times: 1, deadlineMs: 0 };
		const { cells, requests, findings } = await runProduct(late);
		expect(findings).toEqual([]);
		expect(cells).toBeGreaterThan(0);
		expect(cells).toBeLessThan(100);
		expect(requests).toBe(cells);
	});
});
