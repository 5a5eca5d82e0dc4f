/**
 * Holds the architecture: which folder of src/ may import which, and which packages each may use.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

interface Rights {
	readonly from: readonly string[];
	readonly packages: readonly string[];
}

/** Each folder of src/, or file in it, with what it may import. Imported types count. */
const RIGHTS: Readonly<Record<string, Rights>> = {
	"verdict.ts": { from: [], packages: [] },
	"version.ts": { from: [], packages: [] },
	advisories: { from: ["routes"], packages: [] },
	encoding: { from: [], packages: ["node:buffer"] },
	request: { from: ["encoding", "verdict.ts"], packages: ["node:net", "node:zlib"] },
	routes: { from: ["request", "verdict.ts"], packages: [] },
	config: { from: ["advisories", "encoding", "request", "routes", "verdict.ts"], packages: ["node:net"] },
	claims: { from: ["config", "encoding", "routes", "verdict.ts"], packages: [] },
	deny: { from: ["claims", "config", "encoding", "request", "routes", "verdict.ts"], packages: [] },
	token: {
		from: ["claims", "config", "encoding", "routes", "verdict.ts"],
		packages: ["jose", "node:buffer", "qs/lib/parse.js"],
	},
	rewrite: {
		from: ["config", "encoding", "request", "token", "verdict.ts"],
		packages: ["node:buffer", "qs/lib/parse.js"],
	},
	link: {
		from: ["config", "encoding", "request", "rewrite", "verdict.ts"],
		packages: ["js-md5", "node:buffer", "node:crypto", "node:querystring"],
	},
	wopi: {
		from: ["claims", "config", "encoding", "request", "routes", "token", "verdict.ts"],
		packages: [],
	},
	calls: {
		from: [
			"advisories",
			"claims",
			"config",
			"deny",
			"encoding",
			"request",
			"rewrite",
			"routes",
			"token",
			"verdict.ts",
			"wopi",
		],
		packages: [],
	},
	socket: {
		from: [
			"claims",
			"config",
			"deny",
			"encoding",
			"origin",
			"request",
			"rewrite",
			"token",
			"verdict.ts",
			"wopi",
		],
		packages: ["node:buffer", "node:querystring"],
	},
	"decide.ts": {
		from: ["calls", "config", "deny", "link", "request", "rewrite", "routes", "socket", "verdict.ts", "wopi"],
		packages: [],
	},
	"rate-limit": {
		from: ["config", "decide.ts", "reply", "routes", "socket", "verdict.ts"],
		packages: [],
	},
	reply: {
		from: ["routes", "verdict.ts"],
		packages: ["negotiator/lib/mediaType.js", "node:buffer", "node:crypto"],
	},
	origin: {
		from: ["config", "encoding", "link", "request", "rewrite", "routes", "verdict.ts"],
		packages: ["js-md5"],
	},
	"file-cache": { from: ["config", "origin", "request", "verdict.ts"], packages: ["lru.min"] },
	observe: {
		from: ["claims", "config", "decide.ts", "origin", "request", "routes", "verdict.ts", "version.ts"],
		packages: [],
	},
	middleware: {
		from: [
			"config",
			"decide.ts",
			"deny",
			"file-cache",
			"observe",
			"origin",
			"rate-limit",
			"reply",
			"request",
			"socket",
			"verdict.ts",
		],
		packages: ["hono", "hono/factory"],
	},
	own: {
		from: ["config", "middleware", "observe", "reply", "routes", "token", "version.ts"],
		packages: ["hono/tiny"],
	},
	"app.ts": { from: ["middleware", "observe", "own"], packages: ["hono/tiny"] },
	library: {
		from: ["claims", "config", "link", "reply", "request", "routes", "token", "verdict.ts"],
		packages: ["hono", "hono/factory"],
	},
	"index.ts": { from: ["app.ts", "library", "version.ts"], packages: [] },
	"worker.ts": { from: ["app.ts"], packages: [] },
	/** The terminal tools run in Node. */
	cli: {
		from: [
			"advisories",
			"claims",
			"config",
			"decide.ts",
			"encoding",
			"link",
			"reply",
			"request",
			"routes",
			"socket",
			"token",
			"verdict.ts",
			"version.ts",
			"wopi",
		],
		packages: [
			"commander",
			"jose",
			"json5",
			"node:child_process",
			"node:crypto",
			"node:fs",
			"node:module",
			"node:os",
			"node:path",
			"node:timers/promises",
			"node:url",
			"node:util",
			"shell-quote",
			"smol-toml",
			"yocto-spinner",
		],
	},
};

const files = globSync("**/*.ts", { cwd: SRC }).filter((file) => !file.endsWith(".d.ts"));
const ownerOf = (file: string) => file.split("/")[0] as string;
const importsOf = (file: string) =>
	[...readFileSync(join(SRC, file), "utf8").matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)";/gms)].map(
		([, specifier = ""]) => specifier,
	);

describe.each(files)("src/%s", (file) => {
	const rights = RIGHTS[ownerOf(file)];
	it("has a place in the plan", () => expect(rights).toBeDefined());
	it.each(importsOf(file))("may import %s", (specifier) => {
		if (!specifier.startsWith(".")) return expect(rights?.packages).toContain(specifier);
		const target = ownerOf(relative(SRC, normalize(join(SRC, dirname(file), specifier))));
		expect([ownerOf(file), ...(rights?.from ?? [])]).toContain(target);
	});
	it("opens with what it decides", () => {
		expect(readFileSync(join(SRC, file), "utf8")).toMatch(/^(#!.*\n)?\/\*\*\n \* /);
	});
});

it("the steps of a decision never read the clock, the environment or the network", () => {
	const PURE =
		/^(?:encoding|request|routes|config|claims|deny|token|rewrite|link|wopi|calls|reply|rate-limit)\/|^(?:decide|verdict)\.ts/;
	for (const file of files.filter((one) => PURE.test(one))) {
		expect(readFileSync(join(SRC, file), "utf8")).not.toMatch(
			/Date\.now|new Date|process\.|\bfetch\(|console\./,
		);
	}
});
