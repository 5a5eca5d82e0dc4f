/**
 * What Cloudflare's deploy button reads: the names in `.dev.vars.example`, which it asks for as secrets, and their
 * descriptions in package.json. Protects against a deployment without a secret that nobody was asked for, and against an
 * empty secret that the edge would accept.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { SignJWT } from "jose";
import { parse as parseToml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { startEdge } from "../../local/edge.ts";
import { localBindings } from "../../src/cli/local-bindings.ts";
import { SECRET_NAMES, VARIABLE_NAMES } from "../../src/config/bindings.ts";
import { readHost } from "../../src/config/read-host.ts";
import { startRecordingOrigin } from "./support/recording-origin.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const EXAMPLE = parseEnv(read(".dev.vars.example")) as Readonly<Record<string, string>>;
const SECRETS = Object.keys(EXAMPLE);
const DESCRIBED: Readonly<Record<string, { readonly description: string }>> = JSON.parse(read("package.json"))
	.cloudflare.bindings;
const VARIABLES = Object.keys(Object(parseToml(read("wrangler.toml"))).vars);
const NOW_SECONDS = Math.floor(Date.now() / 1000);

describe("the names", () => {
	it("are the same in .dev.vars.example, and beside the variables of wrangler.toml in package.json", () => {
		expect(Object.keys(DESCRIBED).sort()).toEqual([...SECRETS, ...VARIABLES].sort());
		expect(SECRETS).toEqual(["JWT_SECRET", "SECURE_LINK_SECRET", "STATUS_SECRET"]);
	});
	it.each(SECRETS)("%s is a secret of the edge", (name) => expect(SECRET_NAMES).toContain(name));
	it.each(VARIABLES)("%s is a variable of the edge", (name) => expect(VARIABLE_NAMES).toContain(name));
	it.each(Object.entries(DESCRIBED))("%s says where its value is", (_, { description }) => {
		expect(description).toMatch(/^[A-Z`].{20,}\.$/);
	});
	it("the names behind a # are bindings too", () => {
		const optional = [...read(".dev.vars.example").matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);
		expect(optional.length).toBeGreaterThan(0);
		expect([...SECRET_NAMES, ...VARIABLE_NAMES]).toEqual(expect.arrayContaining(optional));
	});
});

describe("the values", () => {
	it("are empty: the button would fill in an example, and deploy it as the secret", () => {
		expect(Object.values(EXAMPLE)).toEqual(SECRETS.map(() => ""));
	});
	it("deployed as they are, are problems by name, and no key", () => {
		const host = readHost({ ...EXAMPLE, ORIGIN: "http://origin.example" }, NOW_SECONDS);
		const problem = "is empty, blank or not a string";
		const named = host.problems.map(({ binding }) => binding).sort();
		expect(host.problems.map((one) => one.problem)).toEqual(SECRETS.map(() => problem));
		expect(named).toEqual([...SECRETS].sort());
		expect(Object.values(host.keys).flatMap(({ keys }) => keys)).toEqual([]);
	});
	it("deployed as they are, open nothing: the log names each", async () => {
		const origin = await startRecordingOrigin();
		const lines: string[] = [];
		const bindings = { ...EXAMPLE, ORIGIN: origin.url };
		const edge = await startEdge({ bundle: await readBundle(), bindings, onLog: (line) => lines.push(line) });
		// HMAC pads its key with NUL (RFC 2104 §2): this is the signature by the empty secret.
		const token = await new SignJWT({ c: "version" })
			.setProtectedHeader({ alg: "HS256" })
			.sign(new TextEncoder().encode("\0"));
		const refused = await fetch(new URL("/command", edge.url), {
			method: "POST",
			body: JSON.stringify({ token }),
		});
		expect([refused.status, refused.headers.get("X-Edge-Reason")]).toEqual([503, "edge_misconfigured"]);
		expect(origin.take()).toEqual([]);
		await expect
			.poll(() => lines.filter((line) => line.includes('"level":"error"')).length)
			.toBe(SECRETS.length);
		for (const name of SECRETS) expect(lines.join("\n")).toContain(`"binding":"${name}"`);
		await edge.stop();
		await origin.stop();
	});
	it("copied to .dev.vars, leave the secrets missing, and the tools say so", () => {
		const folder = mkdtempSync(join(tmpdir(), "edge-button-"));
		copyFileSync(join(ROOT, ".dev.vars.example"), join(folder, ".dev.vars"));
		const host = readHost({ ...localBindings({}, { folder }), ORIGIN: "http://origin.example" }, NOW_SECONDS);
		rmSync(folder, { recursive: true });
		expect(host.problems).toContainEqual({ binding: "SECURE_LINK_SECRET", problem: "is missing" });
		expect(host.problems).toContainEqual({
			binding: "JWT_SECRET_INBOX",
			problem: "is missing (and so is JWT_SECRET)",
		});
	});
});
