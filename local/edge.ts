/**
 * Runs the edge's bundle in workerd, through Miniflare's API.
 *
 * The edge listens on Miniflare's direct socket, so the Worker sees every request as the client sent it. Miniflare's
 * own entry would parse URLs, change headers and obey `MF-*` headers of clients.
 */
import { createServer } from "node:net";
import { Miniflare } from "miniflare";
import { DENY_LIST_KEY } from "../src/config/deny/deny-lists.ts";
import { withoutRuntimeNoise } from "./log-line.ts";
import { readTapped, type TappedRequest, withTap } from "./request-tap.ts";

/** The same date and flags as in wrangler.toml, so that a local run behaves like the deployed Worker. */
export const COMPATIBILITY_DATE = "2026-10-23";
export const COMPATIBILITY_FLAGS = ["no_web_socket_compression", "no_nodejs_global_timers"];

export interface EdgeOptions {
	/** Source of the Worker, one ES module. */
	readonly bundle: string;
	readonly bindings: Readonly<Record<string, string>>;
	/** Rate limits by the name of their binding. */
	readonly rateLimits?: Readonly<Record<string, LocalRateLimit>>;
	/** What the KV namespace `DENY_LIST` holds; without it there is no such binding. */
	readonly denyList?: string;
	readonly host?: string;
	/** 0: any free port. */
	readonly port?: number;
	/** A second Worker and its port. The edge calls this Worker as any other server. */
	readonly documentServer?: { readonly modules: WorkerModules; readonly port: number };
	/** Receives the request behind each decision. Only `npm start` asks for it. */
	readonly onRequest?: (tapped: TappedRequest) => void;
	/** Receives each line that the Worker logs. Without it the lines go to standard output. */
	readonly onLog?: (line: string) => void;
}

/** So many requests in so many seconds. */
export interface LocalRateLimit {
	readonly limit: number;
	readonly period: 10 | 60;
}

/** The modules by name; `index.js` is the entry. */
export type WorkerModules = Readonly<
	Record<string, { type: "esm"; contents: string } | { type: "data"; contents: Uint8Array<ArrayBuffer> }>
>;

export interface Edge {
	readonly url: URL;
	/** Replaces the deny list. The edge reads it within 30 seconds. */
	readonly putDenyList: (text: string) => Promise<void>;
	readonly stop: () => Promise<void>;
}

export async function startEdge(options: EdgeOptions): Promise<Edge> {
	const {
		bundle,
		bindings,
		documentServer,
		denyList,
		rateLimits = {},
		host = "127.0.0.1",
		port = 0,
	} = options;
	const env = {
		...mapValues(bindings, (value) => ({ type: "text" as const, value })),
		...mapValues(rateLimits, (simple, name) => ({ type: "rate-limit" as const, namespace: name, simple })),
		...(denyList !== undefined && { [DENY_LIST]: { type: "kv" as const, id: DENY_LIST } }),
	};
	const worker = (name: string, modules: WorkerModules, directPort: number, directHost: string) => ({
		config: {
			name,
			compatibilityDate: COMPATIBILITY_DATE,
			compatibilityFlags: COMPATIBILITY_FLAGS,
			manifest: { mainModule: "index.js", modules: { ...modules } },
			env: name === "edge" ? env : {},
		},
		dev: { unsafeDirectSockets: [{ host: directHost, port: directPort }] },
	});
	const miniflare = new Miniflare({
		host: "127.0.0.1",
		port: 0,
		cf: false,
		handleStructuredLogs: ({ message }) => {
			const tapped = options.onRequest && readTapped(message);
			if (tapped) return options.onRequest?.(tapped);
			const line = withoutRuntimeNoise(message);
			if (line !== undefined) (options.onLog ?? console.log)(line);
		},
		workers: [
			worker("edge", options.onRequest ? withTap(bundle) : withoutTap(bundle), port, host),
			...(documentServer
				? [worker("document-server", documentServer.modules, documentServer.port, "127.0.0.1")]
				: []),
		],
	});
	await miniflare.ready;
	const putDenyList = async (text: string) => {
		const namespace = await miniflare.getKVNamespace(DENY_LIST, "edge");
		await namespace.put(DENY_LIST_KEY, text);
	};
	if (denyList !== undefined) await putDenyList(denyList);
	return {
		url: await miniflare.unsafeGetDirectURL("edge"),
		putDenyList,
		stop: () => miniflare.dispose(),
	};
}

const withoutTap = (bundle: string): WorkerModules => ({ "index.js": { type: "esm", contents: bundle } });

const DENY_LIST = "DENY_LIST";

const mapValues = <Value, Result>(
	record: Readonly<Record<string, Value>>,
	map: (value: Value, name: string) => Result,
): Record<string, Result> =>
	Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));

/** @returns a port that is free now */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	return typeof address === "object" && address ? address.port : 0;
}
