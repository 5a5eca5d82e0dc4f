/** Calls the Worker in this isolate, with an origin that the test plays. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { vi } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import worker from "../../../src/worker.ts";

export const SECRETS = { JWT_SECRET: "a secret for tokens", SECURE_LINK_SECRET: "a secret for links" };
export const BINDINGS: Bindings = { ...SECRETS, ORIGIN: "http://origin.test" };

export interface EdgeCall {
	readonly response: Response;
	/** What the origin was asked. */
	readonly forwarded: Request[];
	/** Lines that the Worker logged. */
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
		const answer = await worker.fetch(call, { ...bindings }, context);
		// A file is stored at the pace of its client: this one reads it at once.
		const isFile = answer.headers.has("X-Edge-Cache") && answer.body !== null;
		const response = isFile ? new Response(await readAll(answer), answer) : answer;
		await waitOnExecutionContext(context);
		return { response, forwarded, log };
	} finally {
		for (const spy of [fetchSpy, ...logSpies]) spy.mockRestore();
	}
}

/** What came of it, if it broke off. */
async function readAll({ body }: Response): Promise<Uint8Array> {
	const chunks: number[] = [];
	try {
		for await (const chunk of body ?? []) chunks.push(...chunk);
	} catch {
		// The test sees that it is short.
	}
	return Uint8Array.from(chunks);
}
