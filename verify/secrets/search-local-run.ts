/**
 * Runs `npm start` with canaries, sends requests to the edge and to the inspector, and searches what the program prints
 * and what the inspector's pages and events hold.
 */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../local/edge.ts";
import { sendRaw } from "../../test/node/support/raw-http.ts";
import type { NamedRequest } from "./requests/kit.ts";
import type { SearchRun } from "./run.ts";
import { pastedTexts } from "./tools.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 60_000;
const PAGES = [
	"/",
	"/style.css",
	"/page.ts",
	"/dom.ts",
	"/explanation.ts",
	"/ticket.ts",
	"/decisions.ts",
	"/charts.ts",
];

export async function searchLocalRun(
	origin: string,
	requests: readonly NamedRequest[],
	run: SearchRun,
): Promise<void> {
	const { kit, search, isOver } = run;
	for (const format of ["json", "text"]) {
		if (isOver()) return;
		const printed: string[] = [];
		const child = spawn(process.execPath, ["local/run.mjs", "local/start.ts"], {
			cwd: ROOT,
			env: {
				PATH: process.env.PATH,
				...kit.secrets.bindings,
				ORIGIN: origin,
				LOG_NEAR_MISS: "true",
				LOG_FORMAT: format,
				PORT: String(await freePort()),
				INSPECTOR_PORT: "0",
				DENY: JSON.stringify({ documents: [kit.claim("of a deny list")] }),
			},
		});
		for (const stream of [child.stdout, child.stderr])
			stream.on("data", (bytes) => printed.push(String(bytes)));
		const ended = new Promise((resolve) => child.once("close", resolve));
		try {
			const said = await saidBy(() => printed.join(""), /inspector: (\S+)[\s\S]*bad one:\n.*\n/);
			const edge = new URL(/edge ready on (\S+)/.exec(said)?.[1] ?? "");
			const inspector = /inspector: (\S+)/.exec(said)?.[1] ?? "";
			await searchInspector(edge, inspector, requests, run);
		} finally {
			child.kill();
			await ended;
		}
		search.look(`npm start, LOG_FORMAT=${format}`, printed.join(""));
	}
}

async function saidBy(read: () => string, wanted: RegExp): Promise<string> {
	const untilMs = performance.now() + START_MS;
	while (!wanted.test(read())) {
		if (performance.now() > untilMs) throw new Error("npm start did not become ready");
		await sleep(100);
	}
	return read();
}

async function searchInspector(
	edge: URL,
	inspector: string,
	requests: readonly NamedRequest[],
	{ kit, search, isOver }: SearchRun,
): Promise<void> {
	const asked = new AbortController();
	const events = fetch(`${inspector}/decisions`, { signal: asked.signal }).then(({ body }) =>
		readUntilAborted(body),
	);
	const ids: string[] = [];
	for (const { request } of requests.filter((_, at) => at % EVERY === 0)) {
		if (isOver()) break;
		const response = await sendRaw(edge, { ...request, hostHeader: "localhost" }).catch(() => undefined);
		const id = response?.headers["x-request-id"];
		if (id) ids.push(id);
	}
	const ask = async (path: string, init: RequestInit = {}) => {
		const response = await fetch(inspector + path, init);
		return `${[...response.headers].flat().join("\n")}\n${await response.text()}`;
	};
	for (const page of PAGES) search.look(`inspector ${page}`, await ask(page));
	search.look("inspector /examples", await ask("/examples"));
	for (const id of ids) search.look("inspector /explain", await ask(`/explain/${id}`));
	for (const body of pastedTexts(kit))
		search.look("inspector /explain", await ask("/explain", { method: "POST", body }));
	await sleep(EVENTS_MS);
	asked.abort();
	search.look("inspector /decisions", await events);
}

/** One of so many requests: the edge is the same as in the other search. */
const EVERY = 12;
/** The last events come a little after the last response. */
const EVENTS_MS = 1000;

async function readUntilAborted(body: ReadableStream<Uint8Array> | null): Promise<string> {
	let text = "";
	const decoder = new TextDecoder();
	try {
		for await (const bytes of body ?? []) text += decoder.decode(bytes, { stream: true });
	} catch {
		// The stream of decisions has no end of its own.
	}
	return text;
}
