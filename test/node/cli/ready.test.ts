/**
 * `docs-edge ready` and `docs-edge status` on the command line, against a real edge in shadow mode: their output and their
 * exit codes. Protects against an end of shadow mode while edge and origin disagree or too little was compared, and
 * against an origin that is down and counts as success.
 */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { type Edge, freePort, startEdge } from "../../../local/edge.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const JWT_SECRET = "canary: the token secret here";
const STATUS_SECRET = "canary: the secret of the status";
const OTHER_SECRET = "canary: another secret of the status";

/** A server that refuses every token and every link. */
const origin = createServer((request, response) => {
	response.statusCode = request.url?.startsWith("/cache/") ? 403 : 200;
	response.end('{"error":6}');
});
const website = createServer((_, response) => response.end("<html>hello</html>"));
const listen = (server: typeof origin) =>
	new Promise<string>((resolve) =>
		server.listen(0, "127.0.0.1", () =>
			resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
		),
	);
const ORIGIN = await listen(origin);
let edge: Edge;
async function start(bindings: Record<string, string> = {}): Promise<void> {
	await edge?.stop();
	const secrets = { JWT_SECRET, SECURE_LINK_SECRET: "canary: the link secret here", STATUS_SECRET };
	const all = { ORIGIN, MODE: "shadow", ...secrets, ...bindings };
	edge = await startEdge({ bundle: await readBundle(), bindings: all, onLog: () => undefined });
}
beforeEach(() => start());
afterAll(async () => {
	await edge.stop();
	origin.close();
	website.close();
});

const call = (token: string) =>
	fetch(new URL("/command", edge.url), { method: "POST", body: JSON.stringify({ token }) });
const good = () => call(jsonwebtoken.sign({ c: "version" }, JWT_SECRET));
const openFile = () => fetch(new URL("/cache/files/data/x/y.docx?md5=x&expires=1", edge.url));
async function repeat(times: number, send: () => Promise<Response>): Promise<void> {
	for (let sent = 0; sent < times; sent++) await (await send()).text();
}

type Run = readonly [code: number, text: string];
async function run(command: "ready" | "status", secret: string, ...options: string[]): Promise<Run> {
	const args = ["--disable-warning=ExperimentalWarning", MAIN, command, "--edge", edge.url.href, ...options];
	const env = { ...process.env, STATUS_SECRET: secret };
	return new Promise((resolve) => {
		execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
			expect(stdout + stderr).not.toMatch(/canary|eyJ/);
			resolve([Number(error?.code ?? 0), stdout + stderr]);
		});
	});
}
const ready = (...options: string[]) => run("ready", STATUS_SECRET, ...options);
const status = (...options: string[]) => run("status", STATUS_SECRET, ...options);

describe("docs-edge ready", () => {
	it("is not safe before anything is compared, and says what is missing", async () => {
		const [code, text] = await ready();
		expect(code).toBe(1);
		expect(text).toMatch(/^0 requests compared, 0 disagreements \(mode shadow, since /);
		expect(text).toContain("FAIL 0 of 20 needed requests compared");
		expect(text).toContain("FAIL cached-file: never compared");
		expect(text).toContain("FAIL command or convert: never compared");
		expect(text).toMatch(
			/never called, so nothing is known about: cached-file, .*command, convert, .*upload/,
		);
		expect(text).toContain("FAIL not safe to enforce");
	});
	it("is safe after twenty agreements that cover files and calls", async () => {
		await repeat(10, () => call("x.y.z"));
		await repeat(10, openFile);
		await (await fetch(new URL("/doc/x/c/?EIO=4&transport=polling", edge.url))).text();
		const [code, text] = await ready();
		expect(code).toBe(0);
		expect(text).toContain("20 requests compared, 0 disagreements");
		expect(text).toContain("ok   command: 10 compared\nok   cached-file: 10 compared");
		expect(text).toContain("socket: 1 requests; it cannot be compared");
		expect(text).toContain("ok   safe to enforce");
	});
	it.each<[string, number, () => Promise<Response>, string]>([
		["no file", 30, () => call("x.y.z"), "FAIL cached-file: never compared"],
		["no call", 30, openFile, "FAIL command or convert: never compared"],
	])("is not safe after many agreements without: %s", async (_, times, send, line) => {
		await repeat(times, send);
		const [code, text] = await ready();
		expect([code, text.match(/^FAIL.*/gm)]).toEqual([1, [line, "FAIL not safe to enforce"]]);
	});
	it("is not safe after a few agreements that cover everything", async () => {
		await repeat(1, openFile);
		await repeat(18, () => call("x.y.z"));
		const [code, text] = await ready();
		expect([code, text.match(/^FAIL.*/gm)]).toEqual([
			1,
			["FAIL 19 of 20 needed requests compared", "FAIL not safe to enforce"],
		]);
	});
	it("is not safe after a disagreement, and names it", async () => {
		await repeat(10, openFile);
		await repeat(10, () => call("x.y.z"));
		await repeat(1, good);
		const [code, text] = await ready();
		expect(code).toBe(1);
		expect(text).toContain("21 requests compared, 1 disagreements");
		expect(text.match(/^FAIL.*/gm)).toEqual([
			"FAIL 1 × origin_only_refuses command -",
			"FAIL not safe to enforce",
		]);
	});
	it("covers only the routes in shadow mode", async () => {
		await start({ MODE: "enforce", SHADOW_ROUTES: "command" });
		await repeat(20, () => call("x.y.z"));
		const [code, text] = await ready();
		expect([code, text.includes("never called")]).toEqual([0, false]);
		await start({ MODE: "enforce" });
		expect((await ready())[0]).toBe(1);
	});
	it("prints JSON with --json", async () => {
		const [code, text] = await ready("--json");
		expect(code).toBe(1);
		expect(JSON.parse(text)).toMatchObject({
			mode: "shadow",
			compared: 0,
			needed: 20,
			comparedByRoute: {},
			disagreements: {},
			safe: false,
		});
	});
	it("with another secret it names the binding to check", async () => {
		expect(await run("ready", OTHER_SECRET)).toEqual([
			2,
			`docs-edge: ${edge.url.origin}/.edge/ready answers 404: is STATUS_SECRET the same on this machine and at the edge?\n`,
		]);
	});
	it("says in one sentence that a website is no edge, and why nothing answers", async () => {
		const other = await listen(website);
		expect(await ready("--edge", other)).toEqual([
			2,
			`docs-edge: ${other} is no edge: /.edge/ready answers 200 without JSON. Check --edge.\n`,
		]);
		expect(await ready("--edge", `http://127.0.0.1:${await freePort()}`)).toEqual([
			2,
			expect.stringMatching(
				/^docs-edge: 127\.0\.0\.1:\d+ refuses connections \(ECONNREFUSED\): correct the port/,
			),
		]);
		expect(await ready("--edge", "docs.example.com")).toEqual([
			2,
			"docs-edge: docs.example.com is no URL: write it with its scheme, https://docs.example.com\n",
		]);
	});
});

describe("docs-edge status", () => {
	it("prints the state, a table of routes, and the keys", async () => {
		await repeat(2, good);
		await repeat(1, () => call("x.y.z"));
		const [code, text] = await status();
		expect(code).toBe(0);
		expect(text).toMatch(/^version {7}\d+\.\d+\.\d+\nmode {10}shadow\nsince {9}20.*Z\nproblems {6}none\n/);
		expect(text).toMatch(/^route +accepted {2}refused +failed behind the edge$/m);
		expect(text).toMatch(/^command +2 +1 token_malformed +-$/m);
		expect(text).toMatch(/^JWT_SECRET +20.*Z$/m);
	});
	it("tells failures behind the edge apart from accepts", async () => {
		await start({ MODE: "enforce", ORIGIN: "http://127.0.0.1:9" });
		await repeat(3, good);
		await repeat(1, () => call("x.y.z"));
		const [code, text] = await status();
		expect(code).toBe(1);
		expect(text).toMatch(/^command +0 +1 token_malformed +3 origin_unreachable$/m);
		const [, json] = await status("--json");
		expect(JSON.parse(json).verdicts).toEqual({ command: { origin_unreachable: 3, token_malformed: 1 } });
	});
	it("names problems and warnings", async () => {
		await start({ SECURE_LINK_SECRET: "short", MODE: "x" });
		const [code, text] = await status();
		expect(code).toBe(1);
		expect(text).toMatch(/^problems +MODE /m);
		expect(text).toMatch(/^warnings +SECURE_LINK_SECRET: SECURE_LINK_SECRET is shorter/m);
	});
	it("with another secret it names the binding to check", async () => {
		expect(await run("status", OTHER_SECRET)).toEqual([
			2,
			expect.stringContaining("/.edge/status answers 404: is STATUS_SECRET the same"),
		]);
	});
});
