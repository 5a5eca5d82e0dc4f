/**
 * Calls the Worker in this isolate. The test plays the origin, and no request leaves the process.
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { vi } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import worker from "../../../src/worker.ts";
import { secretFinder } from "../../secret-forms.ts";
import { SHARED_SECRETS } from "../../shared-secrets.ts";

export const SECRETS = SHARED_SECRETS;
export const BINDINGS: Bindings = { ...SECRETS, ORIGIN: "http://origin.test" };

export interface EdgeCall {
	readonly response: Response;
	/** The requests that reached the origin. */
	readonly forwarded: Request[];
	/** The lines that the Worker logged. */
	readonly log: string[];
}

export async function callEdge(
	request: Request,
	bindings: Bindings = BINDINGS,
	origin: (request: Request) => Response | Promise<Response> = () => new Response("origin"),
): Promise<EdgeCall> {
	const forwarded: Request[] = [];
	const log: string[] = [];
	const fetchSpy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
		const asked = new Request(input, init);
		forwarded.push(asked);
		return origin(asked);
	});
	const logSpies = (["log", "info", "warn", "error", "debug"] as const).map((method) =>
		vi.spyOn(console, method).mockImplementation((...values) => void log.push(values.join(" "))),
	);
	try {
		const context = createExecutionContext();
		const call = request as Request<unknown, IncomingRequestCfProperties>;
		const streamed = await worker.fetch(call, { ...bindings }, context);
		// A file is cached at the pace of its client. Without this client's reading, waiting for the cache would not end.
		const isFile = streamed.headers.has("X-Edge-Cache") && streamed.body !== null;
		const response = isFile ? new Response(await readAll(streamed), streamed) : streamed;
		await waitOnExecutionContext(context);
		await refuseSecrets(response, log);
		return { response, forwarded, log };
	} finally {
		for (const spy of [fetchSpy, ...logSpies]) spy.mockRestore();
	}
}

const findSecret = secretFinder(Object.values(SHARED_SECRETS));

/** Every log line and every reply that a test brings about is searched for the secrets of the tests. */
async function refuseSecrets(response: Response, log: readonly string[]): Promise<void> {
	// The edge writes these bodies itself. Another one is the origin's, and may be endless.
	const isOwn = response.headers.has("X-Edge-Reason");
	const body = isOwn ? await response.clone().text() : "";
	const form = findSecret([...log, ...response.headers.values(), body].join("\n"));
	if (form !== undefined) throw new Error(`a secret (${form}) is in the log or in the reply`);
}

/** Reads the body, or its beginning if it breaks off. */
async function readAll({ body }: Response): Promise<Uint8Array> {
	const chunks: number[] = [];
	try {
		for await (const chunk of body ?? []) chunks.push(...chunk);
	} catch {
		// The test sees a body that is too short.
	}
	return Uint8Array.from(chunks);
}
