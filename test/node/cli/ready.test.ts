/**
 * `docs-edge ready` on the command line, against a real edge in shadow mode: its output and its exit code. Protects
 * against an end of shadow mode while edge and origin still disagree.
 */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { type Edge, startEdge } from "../../../local/edge.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const JWT_SECRET = "canary: the token secret here";
const STATUS_SECRET = "canary: the secret of the status";

/** A server that refuses every token. */
const origin = createServer((_, response) => response.end('{"error":6}'));
await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
let edge: Edge;
beforeEach(async () => {
	await edge?.stop();
	const ORIGIN = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
	const SECURE_LINK_SECRET = "canary: the link secret here";
	const bindings = { ORIGIN, JWT_SECRET, SECURE_LINK_SECRET, STATUS_SECRET, MODE: "shadow" };
	edge = await startEdge({ bundle: await readBundle(), bindings, onLog: () => undefined });
});
afterAll(async () => {
	await edge.stop();
	origin.close();
});

const call = (token: string) =>
	fetch(new URL("/command", edge.url), { method: "POST", body: JSON.stringify({ token }) });

async function ready(secret = STATUS_SECRET, ...options: string[]): Promise<[code: number, text: string]> {
	const args = ["--disable-warning=ExperimentalWarning", MAIN, "ready", "--edge", edge.url.href, ...options];
	const env = { ...process.env, STATUS_SECRET: secret };
	return new Promise((resolve) => {
		execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
			expect(stdout + stderr).not.toMatch(/canary|eyJ/);
			resolve([Number(error?.code ?? 0), stdout + stderr]);
		});
	});
}

describe("docs-edge ready", () => {
	it("is not safe before anything is compared", async () => {
		const [code, text] = await ready();
		expect([code, text.split("\n", 1)[0]]).toEqual([1, "0 requests compared, 0 disagreements (mode shadow)"]);
		expect(text).toContain("not safe to enforce");
	});
	it("is safe after agreement", async () => {
		await call("x.y.z");
		const [code, text] = await ready();
		expect([code, text.split("\n", 1)[0]]).toEqual([0, "1 requests compared, 0 disagreements (mode shadow)"]);
		expect(text).toContain("ok   safe to enforce");
	});
	it("is not safe after a disagreement, and names it", async () => {
		await call("x.y.z");
		await call(jsonwebtoken.sign({ c: "version" }, JWT_SECRET));
		const [code, text] = await ready();
		expect(code).toBe(1);
		expect(text).toContain("2 requests compared, 1 disagreements");
		expect(text).toContain("1 × origin_only_refuses command -");
	});
	it("prints JSON with --json", async () => {
		const [code, text] = await ready(STATUS_SECRET, "--json");
		expect(code).toBe(1);
		expect(JSON.parse(text)).toMatchObject({ mode: "shadow", compared: 0, disagreements: {}, safe: false });
	});
	it("with another secret it names the binding to check", async () => {
		expect(await ready("canary: another secret of the status")).toEqual([
			2,
			"docs-edge: the edge answers 404: is STATUS_SECRET the same on both sides?\n",
		]);
	});
});
