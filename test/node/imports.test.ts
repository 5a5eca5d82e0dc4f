/**
 * The architecture, held: which folder of src/ may import which, and which packages each may use.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

/** Folder, or file directly in src/, to what it may import. Types count as imports. */
const RIGHTS: Readonly<
	Record<string, { readonly from: readonly string[]; readonly packages: readonly string[] }>
> = {
	"verdict.ts": { from: [], packages: [] },
	"base64.ts": { from: [], packages: ["node:buffer"] },
	"json.ts": { from: [], packages: [] },
	"time-limit.ts": { from: [], packages: [] },
	"body-pieces.ts": { from: ["time-limit.ts"], packages: [] },
	"json-token.ts": { from: [], packages: [] },
	"json-scan.ts": { from: ["json-token.ts"], packages: [] },
	target: { from: ["verdict.ts"], packages: [] },
	policy: { from: ["target", "verdict.ts"], packages: [] },
	config: { from: ["base64.ts", "json.ts", "policy"], packages: [] },
	evidence: {
		from: [
			"wopi",
			"body-pieces.ts",
			"time-limit.ts",
			"json.ts",
			"json-scan.ts",
			"target",
			"verdict.ts",
			"config",
			"policy",
		],
		packages: [
			"jose",
			"js-md5",
			"qs/lib/parse.js",
			"node:buffer",
			"node:crypto",
			"node:querystring",
			"node:zlib",
		],
	},
	wopi: { from: ["base64.ts", "config", "verdict.ts"], packages: [] },
	"decide.ts": { from: ["target", "policy", "evidence", "wopi", "verdict.ts", "config"], packages: [] },
	reply: {
		from: ["verdict.ts", "policy"],
		packages: ["negotiator/lib/mediaType.js", "node:buffer", "node:crypto"],
	},
	origin: {
		from: ["body-pieces.ts", "time-limit.ts", "target", "verdict.ts", "config", "evidence", "policy"],
		packages: ["js-md5"],
	},
	"decision-record.ts": { from: ["config", "policy", "verdict.ts"], packages: [] },
	"call.ts": { from: ["config", "decision-record.ts", "target", "verdict.ts"], packages: [] },
	"statistics.ts": { from: ["config", "decision-record.ts"], packages: [] },
	"status.ts": { from: ["config", "evidence", "statistics.ts"], packages: [] },
	"own-endpoints.ts": {
		from: ["call.ts", "reply", "statistics.ts", "status.ts", "target"],
		packages: ["hono", "hono/tiny"],
	},
	"recorder.ts": {
		from: ["call.ts", "decide.ts", "decision-record.ts", "statistics.ts", "verdict.ts"],
		packages: [],
	},
	"app.ts": {
		from: [
			"body-pieces.ts",
			"call.ts",
			"config",
			"decide.ts",
			"decision-record.ts",
			"origin",
			"own-endpoints.ts",
			"recorder.ts",
			"reply",
			"verdict.ts",
		],
		packages: [],
	},
	/** The terminal tools: Node, and whatever helps. */
	cli: {
		from: ["base64.ts", "config", "decide.ts", "evidence", "policy", "reply", "target", "verdict.ts", "wopi"],
		packages: [
			"commander",
			"jose",
			"json5",
			"node:crypto",
			"node:fs",
			"node:url",
			"node:util",
			"shell-quote",
			"wrangler",
			"yocto-spinner",
		],
	},
	"worker.ts": { from: ["app.ts", "config", "decision-record.ts", "target"], packages: [] },
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

it("policy and evidence never read the clock, the environment or the network", () => {
	const pure = files.filter((file) =>
		/^(target|policy|evidence|wopi|reply|config)\/|^(decide|verdict)\.ts/.test(file),
	);
	for (const file of pure) {
		expect(readFileSync(join(SRC, file), "utf8")).not.toMatch(
			/Date\.now|new Date|process\.|\bfetch\(|console\./,
		);
	}
});
