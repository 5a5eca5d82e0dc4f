/**
 * The package as an operator installs it, packed and in an empty project: its types, its library in workerd, and its
 * command. Protects against a package that works only in this repository.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Edge, startEdge } from "../../local/edge.ts";
import { signLink } from "../../src/cli/sign.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { VERSION } from "../../src/version.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

const SECRET = "canary: the secret of this test";
const WORKER = `
import { createEdge, documentServerToken, secureLink } from "docs-edge-validator";
import { Hono } from "hono";

interface Env {
	readonly SECURE_LINK_SECRET: string;
	readonly JWT_SECRET: string;
}

const edge = createEdge();
const app = new Hono<{ Bindings: Env }>();
app.use("/cache/files/*", secureLink({ secret: ["old", "new"] }));
app.get("/files/*", secureLink({ secret: (c) => c.env.SECURE_LINK_SECRET }), (c) =>
	c.text(c.var.secureLink.keyName),
);
app.post(
	"/converter",
	documentServerToken({ secret: (c) => c.env.JWT_SECRET, reply: "convert-json" }),
	async (c) => c.json({ ...c.var.documentServerToken.claims, body: await c.req.text() }),
);
app.post("/unset", documentServerToken({ secret: () => undefined }), (c) => c.text("passed"));
app.all("*", (c) => edge.fetch(c.req.raw, c.env, c.executionCtx));
export default app;
`;
const TSCONFIG = {
	compilerOptions: {
		target: "es2024",
		lib: ["es2024"],
		module: "esnext",
		moduleResolution: "bundler",
		strict: true,
		noEmit: true,
		skipLibCheck: false,
		typeRoots: [join(ROOT, "node_modules/@cloudflare")],
		types: ["workers-types"],
	},
	include: ["worker.ts"],
};
const WRANGLER_TOML =
	'name = "own"\nmain = "worker.ts"\ncompatibility_date = "2026-10-23"\nsend_metrics = false\n';

let project: string;
beforeAll(async () => {
	project = await mkdtemp(join(tmpdir(), "edge-package-"));
	const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], {
		cwd: ROOT,
	});
	const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
	await writeFile(join(project, "package.json"), '{ "type": "module" }');
	await writeFile(join(project, "worker.ts"), WORKER);
	await writeFile(join(project, "tsconfig.json"), JSON.stringify(TSCONFIG));
	await writeFile(join(project, "wrangler.toml"), WRANGLER_TOML);
	const options = ["--no-audit", "--no-fund", "--prefer-offline"];
	await run("npm", ["install", ...options, join(project, filename)], { cwd: project });
});
afterAll(() => rm(project, { recursive: true }));

describe("the library", () => {
	let own: Edge;
	beforeAll(async () => {
		await run(process.execPath, [WRANGLER, "deploy", "--dry-run", "--outdir", "out"], { cwd: project });
		own = await startEdge({
			bundle: await readFile(join(project, "out/worker.js"), "utf8"),
			bindings: { SECURE_LINK_SECRET: SECRET, JWT_SECRET: SECRET, ORIGIN: "http://127.0.0.1:9" },
			onLog: () => undefined,
		});
	});
	afterAll(() => own.stop());

	it("type-checks in an empty project", async () => {
		await run(process.execPath, [TSC], { cwd: project });
	});
	it("brings no Node of its own", async () => {
		const { packages } = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8"));
		expect(Object.keys(packages).filter((name) => name.includes("node-linux"))).toEqual([]);
	});
	it("secureLink lets a good link through, and refuses as nginx does", async () => {
		const inAnHour = Math.floor(Date.now() / 1000) + 3600;
		const link = signLink("/files/a%20b", inAnHour, createKey("k", SECRET));
		const good = await fetch(new URL(link, own.url));
		expect([good.status, await good.text()]).toEqual([200, "secret"]);
		const bad = await fetch(new URL(link.replace("a%20b", "b"), own.url));
		expect([bad.status, bad.headers.get("X-Edge-Reason")]).toEqual([403, "link_mismatch"]);
		expect(await bad.text()).toContain("<center>nginx</center>");
	});
	it("documentServerToken leaves the claims, and refuses as the converter does", async () => {
		const call = async (body: object, path = "/converter") =>
			fetch(new URL(path, own.url), { method: "POST", body: JSON.stringify(body) });
		const token = jsonwebtoken.sign({ filetype: "docx" }, SECRET, { noTimestamp: true });
		expect(await (await call({ token })).json()).toEqual({
			filetype: "docx",
			body: JSON.stringify({ token }),
		});
		const bad = await call({ token: jsonwebtoken.sign({}, "other") });
		expect([bad.headers.get("X-Edge-Reason"), await bad.json()]).toEqual(["token_signature", { error: -8 }]);
		const unset = await call({ token }, "/unset");
		expect([unset.status, unset.headers.get("X-Edge-Reason")]).toEqual([503, "edge_misconfigured"]);
	});
	it("createEdge serves the rest", async () => {
		expect(await (await fetch(new URL("/.edge/health", own.url))).text()).toBe("ok");
		const refused = await fetch(new URL("/command", own.url), { method: "POST" });
		expect([await refused.json(), refused.headers.get("X-Edge-Reason")]).toEqual([
			{ error: 6 },
			"token_missing",
		]);
	});
});

describe("the command", () => {
	const command = (args: readonly string[], env = {}) =>
		run(
			process.execPath,
			[join(project, "node_modules/docs-edge-validator/dist/cli/docs-edge.js"), ...args],
			{
				cwd: project,
				env: { ...process.env, ...env },
			},
		);
	it("is linked", async () => {
		const { stdout } = await run("npx", ["docs-edge", "--version"], { cwd: project });
		expect(stdout.trim()).toBe(VERSION);
	});
	it("works without wrangler, and reads its file", async () => {
		const { stdout, stderr } = await command(["sign", "link", "/cache/files/a"], {
			SECURE_LINK_SECRET: SECRET,
		});
		expect(stdout).toMatch(/^\/cache\/files\/a\?md5=[\w-]{22}&expires=\d+\n$/);
		expect(stderr).toBe("");
	});
	it("describes reasons, bindings and routes", async () => {
		expect((await command(["describe", "link_mismatch"])).stdout).toMatch(/status: 403\n.*another secret/);
		expect((await command(["describe", "MODE"])).stdout).toMatch(/variable, default: enforce/);
		expect((await command(["describe", "builder"])).stdout).toMatch(/\/docbuilder \(POST\) requires a token/);
	});
	it("says which Node it needs", async () => {
		const old = 'Object.defineProperty(process, "versions", { value: { node: "20.11.0" } })';
		const main = join(project, "node_modules/docs-edge-validator/dist/cli/docs-edge.js");
		const args = ["--import", `data:text/javascript,${encodeURIComponent(old)}`, main, "--version"];
		const failed = await run(process.execPath, args).catch((error) => error);
		expect([failed.code, failed.stderr]).toEqual([
			2,
			"docs-edge needs Node 22 or newer, and this is Node 20.11.0. Install the current LTS of Node.\n",
		]);
	});
});

it("the version is the package's", async () => {
	const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
	expect(VERSION).toBe(version);
});
