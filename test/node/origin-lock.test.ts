/**
 * The origin lock: a real nginx with the snippet of docs/origin.md, in front of a Document Server. Protects against
 * requests that go round the edge, and against a snippet that does not work.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../src/link/secure-link.ts";
import { hasNginx, type Nginx, startNginx } from "./support/nginx.ts";
import { sendRaw } from "./support/raw-http.ts";

const LOCK = "the lock's secret, shared with nginx";
const PAGE = readFileSync(new URL("../../docs/origin.md", import.meta.url), "utf8");
/** The page's snippet, as an operator copies it. The test puts its own port and secret in. */
const SNIPPET = /# origin lock\n(.*?)# end of origin lock/s.exec(PAGE)?.[1] ?? "";

describe.runIf(hasNginx)("a locked origin", () => {
	const seen: Record<string, string | string[] | undefined>[] = [];
	const server = createServer((request, response) => {
		seen.push(request.headers);
		response.end(`served ${request.url}`);
	});
	let nginx: Nginx;
	let edge: Edge;
	let unlocked: Edge;
	beforeAll(async () => {
		new WebSocketServer({ server }).on("connection", (socket) => socket.send("hello"));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as AddressInfo;
		expect(SNIPPET).toContain("secure_link_md5");
		nginx = await startNginx(
			SNIPPET.replace("the value of ORIGIN_LOCK_SECRET", LOCK).replace("127.0.0.1:8000", `127.0.0.1:${port}`),
		);
		const bindings = {
			ORIGIN: nginx.url.origin,
			JWT_SECRET: "a token secret",
			SECURE_LINK_SECRET: "a link secret",
		};
		const start = async (more: Record<string, string>) =>
			startEdge({ bundle: await readBundle(), bindings: { ...bindings, ...more }, onLog: () => undefined });
		edge = await start({ ORIGIN_LOCK_SECRET: LOCK });
		unlocked = await start({});
	});
	afterAll(async () => {
		await edge.stop();
		await unlocked.stop();
		await nginx.stop();
		server.closeAllConnections();
		server.close();
	});

	const get = (to: URL, target: string, headers: Record<string, string> = {}) =>
		sendRaw(to, { method: "GET", target, headers });
	const headersFor = (uri: string, expires: number, secret = LOCK) => ({
		"X-Edge-Exp": String(expires),
		"X-Edge-Sig": signSecureLink(uri, String(expires), createKey("lock", secret)),
	});
	const now = () => Math.floor(Date.now() / 1000);

	it.each([
		"/web-apps/x.js?v=1",
		"/a%20b//c/./d%2fe/%D0%BB%D0%B8%D1%81%D1%82",
		"/9.1.0-abc/web-apps/x.js",
		"/?x",
	])("serves a request that came through the edge: %s", async (target) => {
		const answer = await get(edge.url, target);
		expect(answer.status).toBe(200);
		expect(answer.body.toString()).toBe(
			`served ${new URL(target, "http://x").href.slice("http://x".length)}`,
		);
	});
	it("serves a WebSocket that came through the edge", async () => {
		const { WebSocket } = await import("ws");
		const socket = new WebSocket(`${edge.url.href.replace("http", "ws")}any/socket`);
		const message = await new Promise((resolve, reject) => {
			socket.once("message", (data) => resolve(String(data)));
			socket.once("error", reject);
		});
		expect(message).toBe("hello");
		socket.close();
	});
	it.each([
		["goes round the edge", () => ({})],
		["is signed with another secret", () => headersFor("/web-apps/x.js", now() + 30, "another")],
		["is signed for another path", () => headersFor("/web-apps/y.js", now() + 30)],
		[
			"has another expiry than was signed",
			() => ({ ...headersFor("/web-apps/x.js", now() + 30), "X-Edge-Exp": String(now() + 3000) }),
		],
	])("refuses a request that %s", async (_, headers) => {
		expect((await get(nginx.url, "/web-apps/x.js", headers())).status).toBe(403);
	});
	it("serves a signature until it expires, and refuses its replay afterwards", async () => {
		const status = async (headers: Record<string, string>) =>
			(await get(nginx.url, "/web-apps/x.js", headers)).status;
		expect(await status(headersFor("/web-apps/x.js", now() + 600))).toBe(200);
		const headers = headersFor("/web-apps/x.js", now() + 2);
		await expect.poll(() => status(headers)).toBe(403);
	});
	it("refuses an edge without the secret, and never sees a client's own X-Edge-Sig", async () => {
		expect((await get(unlocked.url, "/web-apps/x.js")).status).toBe(403);
		expect((await get(unlocked.url, "/web-apps/x.js", headersFor("/web-apps/x.js", now() + 30))).status).toBe(
			403,
		);
		expect((await get(edge.url, "/web-apps/x.js", headersFor("/other", now() + 9999))).status).toBe(200);
	});
	it("the Document Server never sees the lock's headers", () => {
		expect(seen.length).toBeGreaterThan(0);
		for (const headers of seen) expect(Object.keys(headers).join()).not.toMatch(/x-edge-(?:exp|sig)/);
	});
	it("a recorded signature expires after one minute", async () => {
		const recorder = createServer((request, response) => response.end(request.headers["x-edge-exp"]));
		await new Promise<void>((resolve) => recorder.listen(0, "127.0.0.1", resolve));
		const ORIGIN = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`;
		const bindings = { ORIGIN, ORIGIN_LOCK_SECRET: LOCK, JWT_SECRET: "a", SECURE_LINK_SECRET: "b" };
		const recorded = await startEdge({ bundle: await readBundle(), bindings, onLog: () => undefined });
		const before = now();
		const expires = Number((await get(recorded.url, "/x")).body.toString());
		expect(expires).toBeGreaterThanOrEqual(before + 60);
		expect(expires).toBeLessThanOrEqual(now() + 60);
		await recorded.stop();
		recorder.close();
	});
});
