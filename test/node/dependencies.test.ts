/**
 * The weekly updates, and the packages that stay. Protects against an update of a package that mirrors the server, against
 * a group that no longer matches anything, and against a reason for a version that is long gone.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../local/yaml.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const { dependencies, devDependencies } = JSON.parse(read("package.json"));
const { optionalDependencies } = JSON.parse(read("local/node/package.json"));
const REQUIRED: Readonly<Record<string, string>> = {
	...dependencies,
	...devDependencies,
	...optionalDependencies,
};
const LOCK = JSON.parse(read("package-lock.json")).packages;

interface Update {
	readonly "package-ecosystem": string;
	readonly schedule: { readonly interval: string };
	readonly ignore?: readonly {
		readonly "dependency-name": string;
		readonly "update-types"?: readonly string[];
	}[];
	readonly groups?: Readonly<
		Record<string, { patterns: readonly string[]; "exclude-patterns"?: readonly string[] }>
	>;
}
const updates: readonly Update[] = Object(parseYaml(read(".github/dependabot.yml"))).updates;
const npm = updates.find((update) => update["package-ecosystem"] === "npm");

const matches = (pattern: string, name: string) =>
	pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
const groupsOf = (name: string) =>
	Object.entries(npm?.groups ?? {})
		.filter(([, { patterns, "exclude-patterns": but = [] }]) => {
			return patterns.some((one) => matches(one, name)) && !but.some((one) => matches(one, name));
		})
		.map(([group]) => group);

describe("the weekly updates", () => {
	it("look at packages, actions and images, each week and in groups", () => {
		const kinds = updates.map((update) => [update["package-ecosystem"], update.schedule.interval]);
		expect(kinds).toEqual([
			["npm", "weekly"],
			["github-actions", "weekly"],
			["docker-compose", "weekly"],
		]);
	});
	it.each(Object.keys(REQUIRED))("%s is in one group", (name) => expect(groupsOf(name).length).toBe(1));
	it("each pattern matches a package", () => {
		const patterns = Object.values(npm?.groups ?? {}).flatMap((group) => [
			...group.patterns,
			...(group["exclude-patterns"] ?? []),
		]);
		const idle = patterns.filter((pattern) => !Object.keys(REQUIRED).some((name) => matches(pattern, name)));
		expect(idle).toEqual([]);
	});
});

describe("the packages that stay", () => {
	const section = read("docs/architecture.md")
		.split("## Packages that are not the newest")[1]
		?.split("\n## ")[0];
	const rows = [...(section ?? "").matchAll(/^\| ([^|]+) \| (\d[^|]*) \|/gm)].flatMap(
		([, names = "", version]) => names.split(", ").map((name) => [name, version]),
	);
	it("are listed", () => expect(rows.length).toBeGreaterThan(5));
	it.each(rows)("%s is required as %s exactly, and installed", (name = "", version) => {
		// An alias: `npm:engine.io@6.6.3`.
		const required = REQUIRED[name]?.replace(/^npm:.+@/, "");
		expect([required, LOCK[`node_modules/${name}`]?.version]).toEqual([version, version]);
	});
	it("all that the weekly updates leave out have their reason", () => {
		const left = npm?.ignore?.map((one) => one["dependency-name"]) ?? [];
		expect(left.filter((name) => !rows.some(([listed]) => listed === name))).toEqual([]);
		expect(left).toEqual(expect.arrayContaining(["qs", "negotiator", "jsonwebtoken", "socket.io"]));
	});
});
