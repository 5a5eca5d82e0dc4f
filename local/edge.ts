/**
 * Runs the edge's bundle in workerd, through Miniflare's API.
 *
 * The edge listens on Miniflare's direct socket, so the Worker sees every request as the client sent it. Miniflare's
 * own entry would parse URLs, change headers and obey `MF-*` headers of clients.
 */
import { createServer } from "node:net";
import { Miniflare } from "miniflare";

/** The same date as in wrangler.toml, so that a local run behaves like the deployed Worker. */
export const COMPATIBILITY_DATE = "2026-10-23";

export interface EdgeOptions {
	/** Source of the Worker, one ES module. */
	readonly bundle: string;
	readonly bindings: Readonly<Record<string, string>>;
	readonly host?: string;
	/** 0: any free port. */
	readonly port?: number;
	/** A second Worker and its port. The edge calls this Worker as any other server. */
	readonly documentServer?: { readonly modules: WorkerModules; readonly port: number };
	/** Receives each line that the Worker logs. Without it the lines go to standard output. */
	readonly onLog?: (line: string) => void;
}

/** The modules by name; `index.js` is the entry. */
export type WorkerModules = Readonly<
	Record<string, { type: "esm"; contents: string } | { type: "data"; contents: Uint8Array<ArrayBuffer> }>
>;

export interface Edge {
	readonly url: URL;
	readonly stop: () => Promise<void>;
}

export async function startEdge(options: EdgeOptions): Promise<Edge> {
	const { bundle, bindings, documentServer, host = "127.0.0.1", port = 0 } = options;
	const env = Object.fromEntries(
		Object.entries(bindings).map(([name, value]) => [name, { type: "text" as const, value }]),
	);
	const worker = (name: string, modules: WorkerModules, directPort: number, directHost: string) => ({
		config: {
			name,
			compatibilityDate: COMPATIBILITY_DATE,
			manifest: { mainModule: "index.js", modules: { ...modules } },
			env: name === "edge" ? env : {},
		},
		dev: { unsafeDirectSockets: [{ host: directHost, port: directPort }] },
	});
	const miniflare = new Miniflare({
		host: "127.0.0.1",
		port: 0,
		cf: false,
		handleStructuredLogs: ({ message }) => (options.onLog ?? console.log)(message),
		workers: [
			worker("edge", { "index.js": { type: "esm", contents: bundle } }, port, host),
			...(documentServer
				? [worker("document-server", documentServer.modules, documentServer.port, "127.0.0.1")]
				: []),
		],
	});
	await miniflare.ready;
	return {
		url: await miniflare.unsafeGetDirectURL("edge"),
		stop: () => miniflare.dispose(),
	};
}

/** @returns a port that is free now */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	return typeof address === "object" && address ? address.port : 0;
}
