/**
 * A body that may hold a token has a limit, and its announced length is looked at first. Protects against strangers for
 * whom the edge reads, and holds, a body that it would refuse afterwards.
 */
import { describe, expect, it } from "vitest";
import { BINDINGS, callEdge } from "../support/call-edge.ts";

const LIMIT = 4096;
const bindings = { ...BINDINGS, MAX_BODY_BYTES: String(LIMIT) };

/**
 * The client waits for permission to send: the edge reads the body of other refused requests to their end, and drops it.
 *
 * @returns the edge's reason, and how many bytes it took from the client
 */
async function send(path: string, announced: number | undefined, sizeBytes: number) {
	let takenBytes = 0;
	const body = new ReadableStream<Uint8Array>(
		{
			pull: (controller) => {
				const piece = new Uint8Array(Math.min(1024, sizeBytes - takenBytes)).fill(0x20);
				takenBytes += piece.length;
				if (piece.length > 0) controller.enqueue(piece);
				if (takenBytes === sizeBytes) controller.close();
			},
		},
		{ highWaterMark: 0 },
	);
	const headers = new Headers({ Expect: "100-continue" });
	if (announced !== undefined) headers.set("Content-Length", String(announced));
	const request = new Request(`http://edge.test${path}`, { method: "POST", headers, body });
	const { response } = await callEdge(request, bindings);
	return { reason: response.headers.get("X-Edge-Reason"), takenBytes };
}

describe("an API call", () => {
	it.each([LIMIT + 1, LIMIT * 100, Number.MAX_SAFE_INTEGER])(
		"of %d announced bytes is refused before any of them is read",
		async (announced) => {
			expect(await send("/command", announced, 100)).toEqual({ reason: "body_too_large", takenBytes: 0 });
		},
	);
	it("of exactly the limit is read, announced or not", async () => {
		for (const announced of [LIMIT, undefined])
			expect(await send("/command", announced, LIMIT)).toEqual({
				reason: "token_missing",
				takenBytes: LIMIT,
			});
	});
	it("of unknown length is read until it exceeds the limit, and no further", async () => {
		const { reason, takenBytes } = await send("/command", undefined, LIMIT * 10);
		expect(reason).toBe("body_too_large");
		expect(takenBytes).toBeLessThan(LIMIT * 3);
	});
});

it("a polling body has its own limit, announced too", async () => {
	const path = "/doc/K/c/?EIO=4&transport=polling&sid=s";
	const EIGHT_MIB = 8 * 1024 * 1024;
	expect(await send(path, EIGHT_MIB + 1, 100)).toEqual({ reason: "body_too_large", takenBytes: 0 });
});
