/**
 * `npm start` as a newcomer runs it. Protects against printed examples that do not work, and against a process that
 * does not say when it is ready or does not stop.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../local/edge.ts";
import { localBindings } from "../../src/cli/local-bindings.ts";
import { DIRECTORY_NAMES, VARIABLE_NAMES } from "../../src/config/bindings.ts";
import { ORIGIN_STATUS, startRecordingOrigin } from "./support/recording-origin.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Pins every variable to its default: an operator's own wrangler.toml or environment must not change the tests. */
const NOT_SET: Readonly<Record<string, string | undefined>> = {
	...Object.fromEntries([...VARIABLE_NAMES, ...DIRECTORY_NAMES].map((name) => [name, ""])),
	LOG_FORMAT: "json",
	JWT_SECRET: undefined,
	SECURE_LINK_SECRET: undefined,
};

interface LocalRun {
	readonly process: ChildProcess;
	readonly url: string;
	/** The output so far. */
	readonly printed: () => string;
}

const running: ChildProcess[] = [];
afterEach(async () => {
	for (const process of running.splice(0)) {
		if (process.exitCode !== null || process.signalCode !== null) continue;
		process.kill("SIGTERM");
		await once(process, "exit");
	}
});

async function start(environment: Record<string, string | undefined>): Promise<LocalRun> {
	const port = await freePort();
	const child = spawn("node", ["local/run.mjs", "local/start.ts"], {
		cwd: ROOT,
		env: { ...process.env, ...NOT_SET, PORT: String(port), ...environment },
	});
	running.push(child);
	let output = "";
	const collect = (chunk: Buffer) => {
		output += chunk;
	};
	child.stdout.on("data", collect);
	child.stderr.on("data", collect);
	const ready = `edge ready on http://127.0.0.1:${port}\n`;
	await expect.poll(() => output.includes(ready) || child.exitCode !== null, { timeout: 60_000 }).toBe(true);
	expect(output).toContain(ready);
	return { process: child, url: `http://127.0.0.1:${port}`, printed: () => output };
}

/** Runs a printed curl line in a shell, as a person would. */
async function run(line: string): Promise<string> {
	const shell = spawn("sh", ["-c", line.replace("curl", "curl -s")]);
	let output = "";
	shell.stdout.on("data", (chunk) => {
		output += chunk;
	});
	await once(shell, "close");
	return output;
}

describe("without an origin: the embedded demo Document Server", () => {
	it("serves its public endpoints, and the printed examples work", async () => {
		const edge = await start({});
		await expect.poll(() => edge.printed().match(/curl.*(?=\n)/g)?.length ?? 0).toBe(3);
		const [link = "", good = "", bad = ""] = edge.printed().match(/curl.*(?=\n)/g) ?? [];
		for (const outcome of ["miss", "revalidated"]) {
			const answer = await run(link);
			expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*wordprocessingml[\s\S]*PK/);
			expect(answer).toContain(`X-Edge-Cache: ${outcome}`);
		}
		expect(await run(good)).toMatch(/\{"error":0,"version":"[\d.]+"\}$/);
		expect(await run(bad)).toMatch(/X-Edge-Reason: token_signature[\s\S]*\{"error":6\}$/i);

		const status = async (path: string, method = "GET") => (await fetch(edge.url + path, { method })).status;
		expect(await status("/healthcheck")).toBe(200);
		expect(await status("/welcome/")).toBe(200);
		expect(await status("/")).toBe(200);
		expect(await status("/info/info.json")).toBe(403);
		const call = async (path: string) => (await fetch(edge.url + path, { method: "POST" })).json();
		expect(await call("/converter")).toEqual({ error: -8 });
		expect(await call("/docbuilder")).toEqual({ error: -8 });
		const lines = edge
			.printed()
			.split("\n")
			.filter((line) => line.startsWith("{"));
		expect(lines.map((line) => JSON.parse(line).route)).toContain("cached-file");
	});
});

describe("with an origin", () => {
	it("takes bindings from the environment and forwards to the origin", async () => {
		const origin = await startRecordingOrigin();
		const edge = await start({
			ORIGIN: origin.url,
			JWT_SECRET: "s",
			SECURE_LINK_SECRET: "l",
			REASONS: "false",
		});
		expect((await fetch(`${edge.url}/web-apps/x`)).status).toBe(ORIGIN_STATUS);
		const refused = await fetch(`${edge.url}/command`, { method: "POST" });
		expect(await refused.json()).toEqual({ error: 6 });
		expect(refused.headers.has("X-Edge-Reason")).toBe(false);
		expect(origin.take().map(({ target }) => target)).toEqual(["/web-apps/x"]);
		await origin.stop();
	});
	it.each([
		["json", /^\{"time":.*"reason":"origin_(?:unreachable|down)"/],
		["text", /^\d\d:\d\d:\d\d {2}50[23] {2}GET {3}open {10}origin_(?:unreachable|down) /],
	])("a dead origin makes one line per request, and no stack: LOG_FORMAT=%s", async (format, expected) => {
		const port = await freePort();
		const secret = randomUUID();
		const secrets = { JWT_SECRET: secret, SECURE_LINK_SECRET: `${secret}l`, LOG_FORMAT: format };
		// No server can have this name (RFC 6761 §6.4). The runtime says more about it than about a closed port.
		for (const origin of [`http://127.0.0.1:${port}`, "https://ds.invalid"]) {
			const edge = await start({ ...secrets, ORIGIN: origin });
			await expect.poll(() => edge.printed().match(/curl.*\n/g)?.length ?? 0).toBe(3);
			const before = edge.printed().length;
			for (let at = 0; at < 3; at++) expect((await fetch(`${edge.url}/web-apps/x`)).status).toBe(502);
			const lines = () => edge.printed().slice(before).split("\n").filter(Boolean);
			await expect.poll(() => lines().length).toBeGreaterThanOrEqual(3);
			await new Promise((resolve) => setTimeout(resolve, 500));
			expect(lines()).toEqual([1, 2, 3].map(() => expect.stringMatching(expected)));
		}
	});
	it("is not public unless the environment says so: sample secrets only warn", async () => {
		const origin = await startRecordingOrigin();
		const secrets = { ORIGIN: origin.url, JWT_SECRET: "inboxsecret", SECURE_LINK_SECRET: "l" };
		const edge = await start(secrets);
		await expect.poll(edge.printed).toContain("warning: JWT_SECRET is a known sample");
		expect((await fetch(`${edge.url}/welcome/`)).status).toBe(ORIGIN_STATUS);
		expect(await (await fetch(`${edge.url}/command`, { method: "POST" })).json()).toEqual({ error: 6 });
		const asPublic = await start({ ...secrets, EXPOSURE: "public" });
		await expect.poll(asPublic.printed).toContain("problem: JWT_SECRET holds a known sample");
		expect((await fetch(`${asPublic.url}/welcome/`)).status).toBe(403);
		expect((await fetch(`${asPublic.url}/command`, { method: "POST" })).status).toBe(503);
		await origin.stop();
	});
	it("prints the problems of its bindings", async () => {
		const edge = await start({ ORIGIN: "http://127.0.0.1:9", JWT_SECRET: "", SECURE_LINK_SECRET: "l" });
		await expect.poll(edge.printed).toContain("problem: JWT_SECRET is empty, blank or not a string");
		expect((await fetch(`${edge.url}/command`, { method: "POST" })).status).toBe(503);
	});
});

it("the inspector explains a request by the id of its decision, and the request is never printed", async () => {
	const edge = await start({});
	await expect.poll(() => edge.printed().match(/curl.*(?=\n)/g)?.length ?? 0).toBe(3);
	const bad = edge.printed().match(/curl.*(?=\n)/g)?.[2] ?? "";
	const id = /X-Request-Id: (\S+)/i.exec(await run(bad))?.[1];
	const inspector = /inspector: (\S+)/.exec(edge.printed())?.[1];
	const ask = async () => fetch(`${inspector}/explain/${id}`);
	await expect.poll(async () => (await ask()).status).toBe(200);
	const text = await (await ask()).text();
	expect(JSON.parse(text)).toMatchObject({
		ok: false,
		reason: "token_signature",
		token: { claims: { payload: { c: "version" } } },
	});
	expect(text).not.toContain("eyJ");
	expect((await fetch(`${inspector}/explain/another`)).status).toBe(404);
	const printed = edge
		.printed()
		.split("\n")
		.filter((line) => line.startsWith("{"));
	expect(printed.join()).not.toMatch(/inspect|eyJ/);
});

describe("hosts, and what a newcomer gets wrong", () => {
	it("with HOSTS it prints examples that work, for each host", async () => {
		const edge = await start({
			HOSTS: JSON.stringify({ "docs.acme.example": { SECRETS: "ACME" }, "*.org.example": {} }),
			ACME_JWT_SECRET: "the token secret of acme",
			ACME_SECURE_LINK_SECRET: "the link secret of acme",
		});
		await expect.poll(() => edge.printed().match(/curl.*(?=\n)/g)?.length ?? 0).toBe(3);
		const [link = "", good = ""] = edge.printed().match(/curl.*(?=\n)/g) ?? [];
		expect(await run(link)).toMatch(/^HTTP\/1\.1 200/);
		expect(await run(good)).toContain('{"error":0');
	});
	it("with ORIGINS it starts no demo", async () => {
		const origin = await startRecordingOrigin();
		const edge = await start({ ORIGINS: origin.url, JWT_SECRET: "s", SECURE_LINK_SECRET: "l" });
		await expect.poll(edge.printed).toContain(`origin: ${origin.url}`);
		expect((await fetch(`${edge.url}/web-apps/x`)).status).toBe(ORIGIN_STATUS);
		await origin.stop();
	});
	it("a copy of .dev.vars.example leaves the demo working", async () => {
		const folder = mkdtempSync(join(tmpdir(), "edge-copy-"));
		writeFileSync(join(folder, ".dev.vars"), readFileSync(join(ROOT, ".dev.vars.example"), "utf8"));
		const names = Object.keys(localBindings({}, { folder }));
		expect(names.filter((name) => name.includes("SECRET"))).toEqual([]);
	});
	it.each([
		["PORT", /the port \d+ is in use; set PORT to another/],
		["INSPECTOR_PORT", /the port \d+ is in use; set INSPECTOR_PORT to another/],
	])("a taken %s is named with its number", async (name, says) => {
		const taken = createServer().listen(0, "127.0.0.1");
		await once(taken, "listening");
		const port = String((taken.address() as AddressInfo).port);
		const free = String(await freePort());
		const env = { ...process.env, ...NOT_SET, PORT: free, [name]: port };
		const child = spawn("node", ["local/run.mjs", "local/start.ts"], { cwd: ROOT, env });
		let said = "";
		child.stderr.on("data", (chunk) => {
			said += chunk;
		});
		await once(child, "exit");
		taken.close();
		expect(said).toMatch(says);
		expect(said).toContain(port);
	});
});

describe("bindings that are objects on the platform", () => {
	const unsigned = (url: string) => fetch(`${url}/cache/files/data/k/o.docx/o.docx`);
	it("LIMIT_REFUSED=2/60 makes an emulated rate limit", async () => {
		const { url } = await start({ LIMIT_REFUSED: "2/60" });
		const statuses: number[] = [];
		// Five, because the minute may change between them.
		for (let at = 0; at < 5; at++) statuses.push((await unsigned(url)).status);
		expect([statuses[0], statuses.includes(429)]).toEqual([403, true]);
	});
	it("DENY_LIST=@FILE makes an emulated KV namespace that follows the file, beside DENY", async () => {
		const file = join(mkdtempSync(join(tmpdir(), "edge-run-")), "deny.json");
		writeFileSync(file, '{"networks":["203.0.113.0/24"]}');
		const edge = await start({ DENY_LIST: `@${file}`, DENY: '{"documents":["demo"]}' });
		const status = async (path: string, headers = {}) => (await fetch(edge.url + path, { headers })).status;
		const client = { "CF-Connecting-IP": "203.0.113.7" };
		expect([await status("/welcome/", client), await status("/welcome/")]).toEqual([403, 200]);
		await expect.poll(() => edge.printed().match(/curl.*(?=\n)/g)?.length ?? 0).toBe(3);
		const [link = "", good = ""] = edge.printed().match(/curl.*(?=\n)/g) ?? [];
		expect(await run(link)).toContain("X-Edge-Reason: denied_document");
		expect(await run(good)).toContain('{"error":0');
		const args = ["local/run.mjs", "src/cli/main.ts", "stop", "--file", file];
		await once(spawn("node", args, { cwd: ROOT }), "exit");
		await expect.poll(() => run(good), { interval: 2000 }).toContain("X-Edge-Reason: lockdown");
	});
	it.each(["LIMIT_CALLS", "ACME_LIMIT_SOCKETS"])("a wrong %s does not start", async (name) => {
		const child = spawn("node", ["local/run.mjs", "local/start.ts"], {
			cwd: ROOT,
			env: { ...process.env, [name]: "5/30" },
		});
		let said = "";
		child.stderr.on("data", (chunk) => {
			said += chunk;
		});
		await once(child, "exit");
		expect(said).toBe(
			`edge not started: ${name} is not like 5/10: requests, a slash, and 10 or 60 seconds\n`,
		);
	});
	it("an invalid DENY is told, and changes nothing", async () => {
		const edge = await start({ DENY: '{"networks":["x"]}' });
		await expect.poll(edge.printed).toContain("problem: DENY networks[0] is not a network");
		await expect.poll(() => edge.printed().match(/curl.*(?=\n)/g)?.length ?? 0).toBe(3);
		expect(await run(edge.printed().match(/curl.*(?=\n)/g)?.[1] ?? "")).toContain('{"error":0');
	});
});

it.each(["SIGINT", "SIGTERM"] as const)("stops cleanly on %s", async (signal) => {
	const edge = await start({});
	edge.process.kill(signal);
	const [code] = await once(edge.process, "exit");
	expect(code).toBe(0);
	await expect(fetch(edge.url)).rejects.toThrow();
});
