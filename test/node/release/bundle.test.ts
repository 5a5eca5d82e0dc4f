/**
 * What a release contains: its bundle, the packages in it, their licences, the SBOM. Protects against a bundle that nobody
 * can build again, and against a package in it that no document of the release names.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundledPackages, readPackage } from "../../../local/release/bundled-packages.ts";
import { type CleanBundles, checkBundle, sha256 } from "../../../local/release/checks/bundle.ts";
import {
	type BundledPackage,
	checkLicences,
	thirdPartyNotices,
} from "../../../local/release/checks/licences.ts";
import { type Lock, runtimeDependencies } from "../../../local/release/checks/runtime-dependencies.ts";
import { checkSbom, ofRuntime, type Sbom } from "../../../local/release/checks/sbom.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const bytes = (text: string) => new TextEncoder().encode(text);

describe("the bundle of two clean clones", () => {
	const clean = (first: string, second: string, more: Partial<CleanBundles> = {}) =>
		checkBundle({ commit: "0123456789", isDirty: false, bundles: [bytes(first), bytes(second)], ...more });
	it("has the same bytes: its hash is told", () => {
		expect(clean("abc", "abc")).toEqual({
			mark: "good",
			text: "the same 3 bytes from two clean clones of 0123456",
			more: ["sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
		});
	});
	it.each([
		["abc", "abd", 2],
		["abc", "ab", 2],
		["ab", "abc", 2],
		["abc", "xbc", 0],
	])("%s and %s differ", (first, second, at) => {
		const outcome = clean(first, second);
		expect([outcome.mark, outcome.more]).toEqual(["bad", [`they differ from byte ${at} on`]]);
	});
	it("an empty bundle is none", () => expect(clean("", "").mark).toBe("bad"));
	it("with other packages than those of the lock file the question was not asked", () => {
		expect(clean("a", "a", { notFromLock: "ENOTFOUND" }).mark).toBe("not asked");
		expect(clean("a", "b", { notFromLock: "ENOTFOUND" }).mark).toBe("bad");
	});
	it("tells of changes that are not committed", () => {
		expect(clean("a", "a", { isDirty: true }).more.join()).toContain("changes that are not committed");
	});
});

const LOCK: Lock = {
	packages: {
		"": { dependencies: { a: "1", "@s/b": "1" } },
		"node_modules/a": { version: "1.0.0", dependencies: { c: "1" }, optionalDependencies: { d: "1" } },
		"node_modules/a/node_modules/c": { version: "1.1.0", dependencies: { a: "1", "@s/b": "1" } },
		"node_modules/@s/b": { version: "2.0.0", dependencies: { c: "2" } },
		"node_modules/c": { version: "2.1.0" },
		"node_modules/d": { version: "3.0.0" },
		"node_modules/only-for-tests": { version: "9.0.0" },
	},
};
const DEPENDENCIES = ["@s/b@2.0.0", "a@1.0.0", "c@1.1.0", "c@2.1.0", "d@3.0.0"];

describe("the runtime dependencies", () => {
	it("are found as Node finds them, each version by itself", () => {
		expect(runtimeDependencies(LOCK)).toEqual(DEPENDENCIES);
	});
	it("a lock file without one of them is told", () => {
		const { "node_modules/d": _, ...packages } = LOCK.packages;
		expect(() => runtimeDependencies({ packages })).toThrow("package-lock.json has no d");
	});
});

const component = (name: string, version: string) => ({
	"bom-ref": `${name}@${version}`,
	purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
});
const SBOM: Sbom = {
	bomFormat: "CycloneDX",
	specVersion: "1.5",
	metadata: { component: component("edge", "1.0.0") },
	components: [
		component("@s/b", "2.0.0"),
		component("a", "1.0.0"),
		component("c", "1.1.0"),
		component("c", "2.1.0"),
		component("d", "3.0.0"),
		component("only-for-tests", "9.0.0"),
	],
	dependencies: [
		{ ref: "edge@1.0.0", dependsOn: ["a@1.0.0", "only-for-tests@9.0.0"] },
		{ ref: "only-for-tests@9.0.0", dependsOn: ["c@2.1.0"] },
		{ ref: "d@3.0.0" },
	],
};

describe("the SBOM", () => {
	const check = (sbom: Sbom, bundled: readonly string[] = ["a"], product = "edge@1.0.0") =>
		checkSbom(sbom, DEPENDENCIES, bundled, product);
	it("with every runtime dependency is good", () => {
		expect(check(SBOM)).toMatchObject({ mark: "good", text: "CycloneDX 1.5: all 5 runtime dependencies" });
	});
	it.each<[string, Sbom, string]>([
		["a missing one", { ...SBOM, components: SBOM.components.slice(1) }, "@s/b@2.0.0 is missing"],
		[
			"another version of one",
			{ ...SBOM, components: SBOM.components.with(4, component("d", "3.0.1")) },
			"d@3.0.0 is missing",
		],
		[
			"another product",
			{ ...SBOM, metadata: { component: component("edge", "0.9.0") } },
			"it is about pkg:npm/edge@0.9.0, not about edge@1.0.0",
		],
	])("%s", (_, sbom, fault) => {
		expect(check(sbom)).toMatchObject({ mark: "bad", more: [fault] });
	});
	it("names a bundled package that is no dependency", () => {
		const more = ["only-for-tests is in the bundle, and is no runtime dependency"];
		expect(check(SBOM, ["a", "only-for-tests"])).toMatchObject({ mark: "bad", more });
	});
	it("of another format is none", () => expect(check({ ...SBOM, bomFormat: "SPDX" }).mark).toBe("bad"));
	it("leaves out what is not run", () => {
		const { components, dependencies } = ofRuntime(SBOM, DEPENDENCIES);
		expect(components).toEqual(SBOM.components.slice(0, 5));
		expect(dependencies).toEqual([
			{ ref: "edge@1.0.0", dependsOn: ["a@1.0.0"] },
			{ ref: "d@3.0.0", dependsOn: [] },
		]);
	});
	it("of npm, for this lock file, is complete", async () => {
		const args = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"];
		const { stdout } = await promisify(execFile)("npm", args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
		const lock: Lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
		const dependencies = runtimeDependencies(lock);
		const sbom = ofRuntime(JSON.parse(stdout), dependencies);
		const product = `docs-edge-validator@${lock.version}`;
		expect(checkSbom(sbom, dependencies, ["negotiator", "qs"], product).more).toEqual([]);
	});
});

describe("the packages in the bundle", () => {
	const metafile = (inputs: Record<string, number>) => ({
		outputs: {
			"worker.js": {
				inputs: Object.fromEntries(
					Object.entries(inputs).map(([path, size]) => [path, { bytesInOutput: size }]),
				),
			},
		},
	});
	it("are those with code in it, each once", () => {
		const inputs = {
			"src/app.ts": 5,
			"node_modules/qs/lib/parse.js": 5,
			"node_modules/qs/lib/utils.js": 5,
			"../main/node_modules/@s/b/x.js": 5,
			"node_modules/a/node_modules/c/x.js": 5,
			"node_modules/side-channel/index.js": 0,
		};
		expect(bundledPackages(metafile(inputs))).toEqual(["@s/b", "c", "qs"]);
	});
	it("code of nobody is told", () => {
		expect(() => bundledPackages(metafile({ "/tmp/injected.js": 1 }))).toThrow("code of /tmp/injected.js");
	});

	const MIT: BundledPackage = {
		name: "a",
		version: "1.0.0",
		licence: "MIT",
		homepage: "https://a.example",
		text: "Copyright (c) A",
	};
	it("with allowed licences are listed", () => {
		expect(checkLicences([MIT])).toEqual({ mark: "good", text: "a 1.0.0 (MIT)", more: [] });
	});
	it.each<[Partial<BundledPackage>, string]>([
		[{ licence: "GPL-3.0-only" }, "a: GPL-3.0-only is not allowed"],
		[{ licence: "" }, "a: no licence is not allowed"],
		[{ licence: "(MIT OR GPL-3.0-only)" }, "a: (MIT OR GPL-3.0-only) is not allowed"],
		[{ text: "" }, "a: its licence file is missing, or names no copyright"],
	])("%j is a fault", (change, fault) => {
		expect(checkLicences([MIT, { ...MIT, ...change }])).toMatchObject({ mark: "bad", more: [fault] });
	});
	it("none at all is a fault", () => expect(checkLicences([]).mark).toBe("bad"));
	it("have their texts in the notices", () => {
		const notices = thirdPartyNotices([MIT, { ...MIT, name: "b", text: "Copyright (c) B" }], "edge 1.0.0");
		for (const part of ["edge 1.0.0", "a 1.0.0\nhttps://a.example", "Copyright (c) A", "Copyright (c) B"])
			expect(notices).toContain(part);
	});
});

describe("the bundle of this project", () => {
	const out = mkdtempSync(join(tmpdir(), "edge-metafile-"));
	const wrangler = (args: readonly string[], folder = ROOT) =>
		promisify(execFile)(process.execPath, [join(ROOT, "node_modules/wrangler/bin/wrangler.js"), ...args], {
			cwd: folder,
		});
	beforeAll(() =>
		wrangler(["deploy", "--dry-run", "--outdir", out, "--metafile", join(out, "metafile.json")]),
	);
	afterAll(() => rmSync(out, { recursive: true }));

	it("has packages with allowed licences", () => {
		const names = bundledPackages(JSON.parse(readFileSync(join(out, "metafile.json"), "utf8")));
		expect(names).toEqual(["hono", "jose", "js-md5", "lru.min", "negotiator", "qs"]);
		const packages = names.map((name) => readPackage(ROOT, name));
		expect(checkLicences(packages)).toMatchObject({ mark: "good", more: [] });
		for (const { homepage } of packages) expect(homepage).toMatch(/^https:\/\//);
	});
	it("deploys from a release beside wrangler.toml, without its source map, as the documents say", async () => {
		const folder = join(out, "released");
		mkdirSync(folder);
		copyFileSync(join(out, "worker.js"), join(folder, "docs-edge-validator-1.0.0-worker.js"));
		copyFileSync(join(ROOT, "wrangler.toml"), join(folder, "wrangler.toml"));
		const page = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
		const [, words = ""] = /npx wrangler (deploy \S+-worker\.js .*)$/m.exec(page) ?? [];
		const { stdout } = await wrangler([...words.split(" "), "--dry-run"], folder);
		expect(stdout).toMatch(/Total Upload: [1-9]/);
	});
});

it("a hash is that of sha256sum", () => {
	expect(sha256(bytes(""))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});
