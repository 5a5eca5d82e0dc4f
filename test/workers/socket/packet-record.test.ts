/**
 * What the Worker records of an open WebSocket, long after its request was answered. Protects the log and the rate limits:
 * each packet's verdict has to reach them, under the address of the client.
 */
import { createExecutionContext } from "cloudflare:test";
import { SignJWT } from "jose";
import { afterEach, expect, it, vi } from "vitest";
import worker from "../../../src/worker.ts";
import { BINDINGS, SECRETS } from "../support/call-edge.ts";

afterEach(() => vi.restoreAllMocks());

const sign = (secret: string) =>
	new SignJWT({ document: { key: "k", url: "http://files.test/a" } })
		.setProtectedHeader({ alg: "HS256" })
		.sign(new TextEncoder().encode(secret));

it("a refused packet and an accepted one", async () => {
	const lines: { path?: string; reason?: string; verdict?: string; status?: number }[] = [];
	for (const method of ["log", "info", "warn"] as const) {
		vi.spyOn(console, method).mockImplementation((line) => void lines.push(JSON.parse(line)));
	}
	const { 0: fromOrigin, 1: atOrigin } = new WebSocketPair();
	const arrived: unknown[] = [];
	atOrigin.accept();
	atOrigin.addEventListener("message", ({ data }) => {
		arrived.push(data);
	});
	vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(null, { status: 101, webSocket: fromOrigin }));
	const counted: string[] = [];
	const limit = {
		limit: async ({ key }: { key: string }) => {
			counted.push(key);
			return { success: true };
		},
	};
	const request = new Request<unknown, IncomingRequestCfProperties>(
		"https://edge.test/doc/k/c/?EIO=4&transport=websocket",
		{ headers: { Upgrade: "websocket", "CF-Connecting-IP": "2001:db8::7" } },
	);
	const env = { ...BINDINGS, LIMIT_REFUSED: limit };
	const { webSocket } = await worker.fetch(request, env, createExecutionContext());
	const seen: unknown[] = [];
	webSocket?.accept();
	webSocket?.addEventListener("message", ({ data }) => {
		seen.push(data);
	});
	lines.length = 0;

	webSocket?.send(`40{"token":"${await sign("another secret")}"}`);
	await vi.waitFor(() => expect(seen).toHaveLength(1));
	const good = `40{"token":"${await sign(SECRETS.JWT_SECRET)}"}`;
	webSocket?.send(good);
	await vi.waitFor(() => expect(arrived).toEqual([good]));

	expect(lines).toMatchObject([
		{ host: "edge.test", route: "socket", verdict: "refuse", reason: "token_signature" },
		{ host: "edge.test", route: "socket", verdict: "accept", status: 101, key: "JWT_SECRET" },
	]);
	expect(lines[0]).not.toHaveProperty("status");
	expect(counted).toEqual(["LIMIT_REFUSED 2001:db8:0:0::/64"]);
	webSocket?.close();
});
