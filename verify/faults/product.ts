/**
 * Runs the cells against the bundle in workerd. In each cell several clients do the same at once, as one client alone could
 * not open a circuit. Then two clients without a fault have to be served: one of the same origin, one of another.
 */
import { setTimeout as pause } from "node:timers/promises";
import { startCacheServer } from "../../bench/servers/cache-server.ts";
import { startWorkerd } from "../../bench/servers/workerd.ts";
import { type Seen, sendAs } from "../../test/node/support/faults/clients.ts";
import { FINE_PATH } from "../../test/node/support/faults/origins.ts";
import { get } from "../../test/node/support/faults/routes.ts";
import { sendRaw } from "../../test/node/support/raw-http.ts";
import { VECTOR_BINDINGS } from "../../test/node/support/vectors.ts";
import { started, withCleanup } from "../cleanup.ts";
import { bindingsOf, type Cell, type Expected, expectedOf } from "./cells.ts";
import { HEALTHY_ORIGIN, PRODUCT_ORIGINS, type ProductOrigin } from "./origins.ts";

const CELLS_AT_ONCE = 24;
/** No answer takes as long. */
const PATIENCE_MS = 30_000;
/** An origin that stops in the middle keeps its client waiting. The client gives up. */
const PATIENCE_WITH_STOPPED_MS = 500;
const PATIENCE_WITH_HELD_MS = 2000;
/** The edge's health check ends within this time. */
const HEALTH_CHECK_MS = 3500;
const HEALTHY_HOST = "healthy.test";

export interface ProductOptions {
	/** The Worker. */
	readonly source: string;
	readonly cells: readonly Cell[];
	/** Clients of each cell. */
	readonly times: number;
	readonly deadlineMs: number;
	/** A client that still waits then hangs. */
	readonly patienceMs?: number;
}

export interface Product {
	/** The cells that were run before the deadline. */
	readonly cells: number;
	readonly requests: number;
	/** Clients without a fault that were served. */
	readonly served: number;
	readonly findings: readonly string[];
}

export const runProduct = (options: ProductOptions): Promise<Product> =>
	withCleanup(async (later) => {
		const { source, cells, times, deadlineMs, patienceMs = PATIENCE_MS } = options;
		const urls = new Map<ProductOrigin, string>();
		for (const origin of PRODUCT_ORIGINS) urls.set(origin, (await started(origin.start(), later)).url);
		const HOSTS = JSON.stringify({
			[HEALTHY_HOST]: { ORIGIN: urls.get(HEALTHY_ORIGIN) },
			...Object.fromEntries(
				cells.map((cell) => [cell.hostname, bindingsOf(cell, urls.get(cell.origin) ?? "")]),
			),
		});
		const cache = await started(startCacheServer(), later);
		const bindings = { ...VECTOR_BINDINGS, HOSTS };
		const edge = await started(startWorkerd({ source, bindings, cache: cache.address }), later);
		const site = new URL(edge.url);

		const findings: string[] = [];
		let done = 0;
		let served = 0;
		const left = [...cells];
		const work = async () => {
			const next = () => (performance.now() < deadlineMs ? left.shift() : undefined);
			// Even if the time is over, some cells are run.
			for (let cell = left.shift(); cell; cell = next()) {
				const { name } = cell;
				const found = await runCell(cell, site, { times, patienceMs });
				findings.push(...found.wrong.map((text) => `${name}: ${text}`));
				served += found.served;
				done++;
			}
		};
		await Promise.all(Array.from({ length: CELLS_AT_ONCE }, work));
		return { cells: done, requests: done * times, served, findings };
	});

interface FoundInCell {
	readonly wrong: readonly string[];
	/** Clients without a fault that were served. */
	readonly served: number;
}

interface Clients {
	readonly times: number;
	readonly patienceMs: number;
}

async function runCell(cell: Cell, site: URL, { times, patienceMs }: Clients): Promise<FoundInCell> {
	const { hostname, origin, route, client } = cell;
	const request = { ...route.request(hostname), hostHeader: hostname };
	const stops = "body" in origin.outcome && origin.outcome.body === "stops";
	const patience = stops
		? {
				ms: route.holdsResponse ? PATIENCE_WITH_HELD_MS : patienceMs,
				afterBeginMs: PATIENCE_WITH_STOPPED_MS,
			}
		: { ms: patienceMs };
	const seen = await Promise.all(
		Array.from({ length: times }, () => sendAs(client, site, request, patience)),
	);
	const expected = expectedOf(cell);
	const wrong = seen.map((one) => compare(one, cell, expected)).filter((text) => text !== undefined);
	if (origin.isHealthSilent) await pause(HEALTH_CHECK_MS);
	const hosts = origin.servesOthers ? [hostname, HEALTHY_HOST] : [HEALTHY_HOST];
	const refused = await Promise.all(hosts.map((host) => failureOf(site, host)));
	const failures = refused.filter((text) => text !== undefined);
	return { wrong: [...new Set([...wrong, ...failures])], served: hosts.length - failures.length };
}

/** Asks for something that the origin of this host answers well. */
async function failureOf(site: URL, hostHeader: string): Promise<string | undefined> {
	try {
		const { status, headers } = await sendRaw(site, { ...get(FINE_PATH), hostHeader });
		if (status === 200) return undefined;
		return `the next client of ${hostHeader} got ${status} ${headers["x-edge-reason"] ?? ""}`;
	} catch (error) {
		return `the next client of ${hostHeader} got no answer: ${error}`;
	}
}

/** @returns what was wrong */
function compare(seen: Seen, { client }: Cell, expected: readonly Expected[]): string | undefined {
	if (seen.isLate && expected.every(({ body }) => body !== "stops")) return "the client waits for ever";
	if (client.sees === "nothing") return undefined;
	const reason = seen.headers["x-edge-reason"];
	const isRight = expected.some(
		(one) =>
			(one.status === seen.status && one.reason === reason && hasBody(seen, client.sees, one)) ||
			// The connection may break before the first bytes have left.
			(one.body === "breaks off" && seen.status === 0),
	);
	if (isRight) return undefined;
	const wanted = expected.map(({ status, reason = "", body }) => `${status} ${reason} ${body}`.trim());
	const got = `${seen.status} ${reason ?? ""} ${seen.isWhole ? "whole" : "not whole"}`;
	return `${got} instead of ${wanted.join(" or ")}`;
}

function hasBody(seen: Seen, sees: Cell["client"]["sees"], { body, words }: Expected): boolean {
	if (sees === "the beginning") return true;
	if (seen.isWhole !== (body === "whole")) return false;
	return (
		words === undefined ||
		(seen.headers["content-type"] === words.contentType && words.body.test(seen.body.toString()))
	);
}
