/**
 * Starts an edge before the socket side of a Document Server, with the bindings under which the vectors were measured.
 */
import { afterAll } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { type Edge, type EdgeOptions, startEdge } from "../../../local/edge.ts";
import { type DocumentServer, type DocumentServerOptions, startDocumentServer } from "./document-server.ts";
import { TOKEN_SECRETS, VECTOR_BINDINGS } from "./vectors.ts";

export interface EdgeBeforeDocumentServer {
	readonly server: DocumentServer;
	readonly edge: Edge;
	/** The lines that the edge has logged so far. */
	readonly log: string[];
}

/** Both run until after the last test of the calling file. */
export async function startEdgeBeforeDocumentServer(
	bindings: Readonly<Record<string, string>> = {},
	options: Partial<DocumentServerOptions> = {},
	platform: Pick<EdgeOptions, "denyList" | "rateLimits"> = {},
): Promise<EdgeBeforeDocumentServer> {
	const log: string[] = [];
	const server = await startDocumentServer({ secrets: TOKEN_SECRETS, ...options });
	const edge = await startEdge({
		bundle: await readBundle(),
		bindings: { ...VECTOR_BINDINGS, ORIGIN: server.url, ...bindings },
		...platform,
		onLog: (line) => log.push(line),
	});
	afterAll(async () => {
		await edge.stop();
		await server.stop();
	});
	return { server, edge, log };
}
