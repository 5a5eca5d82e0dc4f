/**
 * The server's responses to polling requests. Protects the refusals, which come back in the next polling GET, and every
 * other response, which streams as it is.
 */
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import type { AcceptedSocket } from "../../../src/socket/check-socket.ts";
import { socketResponse } from "../../../src/socket/socket-response.ts";
import { BINDINGS } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const HOST = readHost(BINDINGS, NOW_SECONDS);
const answerTo = (way: AcceptedSocket["way"], response: Response) =>
	socketResponse(response, { way, continues: false, verdicts: [] }, HOST, () => undefined);
const ECHO = '44/.edge/connect/jwt%20expired,{"message":"Invalid namespace"}';
const REFUSAL = '44{"message":"not authorized","data":{"code":4005,"description":"token:jwt expired"}}';
const LIMIT_BYTES = 64 * 1024;
const padded = (bytes: number) => `${ECHO}\x1eb${"A".repeat(bytes - ECHO.length - 2)}`;

describe("a response stays as it is", () => {
	it.each([
		["to a POST", "packets", new Response(ECHO)],
		["to a GET, without a refusal", "poll", new Response("2")],
		["to a GET, without a body", "poll", new Response(null)],
		["to a GET, of an error", "poll", new Response(ECHO, { status: 400 })],
		["to a GET, over the limit", "poll", new Response(padded(LIMIT_BYTES + 1))],
		["to an upgrade that the server refused", "websocket", new Response(ECHO, { status: 400 })],
	] as const)("%s", async (_, way, response) => {
		const body = await response.clone().text();
		const answer = (await answerTo(way, response)) as Response;
		expect(answer).toBe(response);
		expect(await answer.text()).toBe(body);
	});
});

it("no other response than that to an upgrade becomes a WebSocket", () => {
	const response = new Response(null, { status: 101, webSocket: new WebSocketPair()[0] });
	expect(answerTo("packets", response)).toBe(response);
});

describe("a response with a refusal is restored", () => {
	it("and keeps its headers, except those that told of its bytes", async () => {
		const headers = { "Content-Length": String(ECHO.length), "Content-Encoding": "identity", "X-Own": "1" };
		const answer = (await answerTo("poll", new Response(ECHO, { headers }))) as Response;
		expect([answer.status, await answer.text()]).toEqual([200, REFUSAL]);
		expect([...answer.headers.keys()].toSorted()).toEqual(["content-type", "x-own"]);
	});
	it("up to the limit", async () => {
		const answer = (await answerTo("poll", new Response(padded(LIMIT_BYTES)))) as Response;
		expect((await answer.text()).startsWith(`${REFUSAL}\x1ebAAA`)).toBe(true);
	});
});

it("a response that breaks off is a fault of the origin", async () => {
	const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
	expect(await answerTo("poll", new Response(body))).toBe("origin_unreachable");
});
