/**
 * Every tool knows every host of the edge: of `HOSTS`, of tenants, of an environment in wrangler.toml. Protects against a
 * tool that judges one host with the secrets of another, or with none.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { pickHost, readLocalHosts } from "../../../src/cli/local-host.ts";
import { VARIABLE_NAMES } from "../../../src/config/bindings.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), "edge-hosts-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));
writeFileSync(
	join(FOLDER, "wrangler.toml"),
	`routes = [{ pattern = "docs.acme.example", custom_domain = true }]
[vars]
ORIGIN = ""
[vars.HOSTS."docs.acme.example"]
ORIGIN = "https://ds-acme.example.com"
SECRETS = "ACME"
[vars.HOSTS."*.org.example"]
ORIGIN = "https://ds-org.example.com"
SECRETS = "ORG"
[env.staging]
[env.staging.vars]
ORIGIN = "https://ds-staging.example.com"
`,
);
writeFileSync(
	join(FOLDER, ".dev.vars"),
	"ACME_JWT_SECRET=the token secret of acme\nACME_SECURE_LINK_SECRET=the link secret of acme\nORG_JWT_SECRET=the token secret of org\nORG_SECURE_LINK_SECRET=the link secret of org\nJWT_SECRET=\n",
);
writeFileSync(
	join(FOLDER, ".dev.vars.staging"),
	"JWT_SECRET=the token secret of staging\nSECURE_LINK_SECRET=the link secret of staging\n",
);

/** An operator's own environment must not change the tests. */
const NOT_SET = Object.fromEntries(
	[...VARIABLE_NAMES, "HOSTS", "JWT_SECRET", "SECURE_LINK_SECRET"].map((name) => [name, undefined]),
);
const run = (...args: string[]): Promise<[code: number, text: string]> =>
	new Promise((resolve) => {
		const command = ["--disable-warning=ExperimentalWarning", MAIN, ...args];
		const env = { ...process.env, ...NOT_SET };
		execFile(process.execPath, command, { cwd: FOLDER, env }, (error, stdout, stderr) =>
			resolve([Number(error?.code ?? 0), (stdout + stderr).trim()]),
		);
	});
const FILE = "/cache/files/data/k/output.docx/output.docx";

describe("with HOSTS in wrangler.toml, and secrets in .dev.vars", () => {
	it.each([
		["docs.acme.example", "ACME_SECURE_LINK_SECRET"],
		["files.org.example", "ORG_SECURE_LINK_SECRET"],
	])("a link for %s is signed and accepted with its key", async (name, key) => {
		const [signed, link] = await run("sign", "link", `https://${name}${FILE}`);
		expect([signed, link]).toEqual([0, expect.stringMatching(`^https://${name}${FILE}\\?md5=`)]);
		const [code, text] = await run("explain", link);
		expect([code, text.split("\n")[0]]).toEqual([
			0,
			`ok   verdict: accepted with the key ${key}: it goes to the origin`,
		]);
		const other = name === "docs.acme.example" ? "files.org.example" : "docs.acme.example";
		expect((await run("explain", link.replace(name, other)))[1]).toMatch(
			/^FAIL verdict: refused: link_mismatch/,
		);
	});
	it("--host chooses where no URL does", async () => {
		const [, link] = await run("sign", "link", FILE, "--host", "docs.acme.example");
		expect((await run("explain", link, "--host", "docs.acme.example"))[0]).toBe(0);
		expect((await run("sign", "token", "--host", "files.org.example", "--json"))[1]).toContain(
			'"key":"ORG_JWT_SECRET"',
		);
	});
	it.each([
		["explain", FILE],
		["sign", "token"],
		["sign", "link", "https://elsewhere.example/x"],
	])("%s %s without one of its hosts names them all", async (...args) => {
		expect(await run(...args)).toEqual([
			2,
			expect.stringMatching(/--host docs\.acme\.example, --host \*\.org\.example$/),
		]);
	});
	it("a host that is not in routes is noted", async () => {
		const [, link] = await run("sign", "link", `https://files.org.example${FILE}`);
		expect((await run("explain", link))[1]).toContain("files.org.example is not in routes of wrangler.toml");
	});
});

it("--env takes the variables and secrets of that environment alone", async () => {
	const [, link] = await run("sign", "link", FILE, "--env", "staging", "--json");
	expect(JSON.parse(link).key).toBe("SECURE_LINK_SECRET");
	expect(await run("sign", "link", FILE, "--env", "nowhere")).toEqual([
		2,
		expect.stringContaining("has no [env.nowhere]"),
	]);
});

it("a secret in the place of its kind is not repeated", async () => {
	const [code, text] = await run("sign", "token", "--secret", "pasted by mistake");
	expect([code, text]).toEqual([2, expect.stringContaining("--secret takes whose secret")]);
	expect(text).not.toContain("pasted by mistake");
});

describe("tenants", () => {
	const hosts = readLocalHosts({
		ORIGIN: "http://o.test",
		TENANTS_BASE_DOMAIN: "docs.example",
		JWT_SECRET: "the base secret",
		SECURE_LINK_SECRET: "the base link secret",
		ACME_JWT_SECRET: "the secret of acme",
		ACME_SECURE_LINK_SECRET: "the link secret of acme",
	});
	it("are found by their label, and named", async () => {
		expect(hosts.names).toEqual(["docs.example", "acme.docs.example"]);
		const { keys } = await pickHost(hosts, "acme.docs.example");
		expect(keys.inbox.keys.map(({ name }) => name)).toEqual(["ACME_JWT_SECRET"]);
		await expect(pickHost(hosts, "elsewhere.example")).rejects.toThrow("--host acme.docs.example");
	});
});

describe("sign link takes a URL or a path, and encodes what has to be", () => {
	it.each([
		["/cache/files/data/k/My File (1).docx", "/cache/files/data/k/My%20File%20(1).docx"],
		["/cache/files/data/k/100%.docx", "/cache/files/data/k/100%25.docx"],
		["/cache/files/data/k/Док.docx", "/cache/files/data/k/%D0%94%D0%BE%D0%BA.docx"],
		["/cache/files/data/k/a%20b.docx", "/cache/files/data/k/a%20b.docx"],
		["https://docs.acme.example/cache/files/a b", "https://docs.acme.example/cache/files/a%20b"],
	])("%s", async (given, written) => {
		const [code, text] = await run(
			"sign",
			"link",
			given,
			"--host",
			"docs.acme.example",
			"--expires-in",
			"1h",
		);
		expect([code, text.replace(/\?md5=[\w-]{22}&expires=\d+$/, "")]).toEqual([0, written]);
	});
	it.each([
		["cache/files/a", /begins with a slash/],
		["/cache/files/a?x=1", /without query and fragment/],
		["/cache/files/a#x", /without query and fragment/],
		["/cache/files/%00", /nginx would answer 400/],
		["//elsewhere.example/a", /begins with a slash/],
	])("%s is refused", async (given, says) => {
		expect(await run("sign", "link", given, "--host", "docs.acme.example")).toEqual([
			2,
			expect.stringMatching(says),
		]);
	});
	it("the link is good at the edge", async () => {
		const [, link] = await run(
			"sign",
			"link",
			"https://docs.acme.example/cache/files/data/k/My File.docx/My File.docx",
		);
		expect((await run("explain", link))[0]).toBe(0);
	});
});
