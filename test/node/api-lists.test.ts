/**
 * The lists of names that users rely on. Protects against a name that comes or goes without its line in
 * docs/versioning.md, where a reviewer sees that the version has to change.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
	commands,
	edgeHeaders,
	endpoints,
	entryPoints,
	exitCodes,
	libraryExports,
	logFields,
} from "../../local/api-lists.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
/** The types of Workers and those of Node contradict each other, so the compiler must not follow this import. */
const load = (path: string) => import(join(ROOT, path));

it("the values that the library exports are those of the module", async () => {
	expect(libraryExports().values).toEqual(Object.keys(await load("src/index.ts")).sort());
});

it("the types that the library exports are all that its source names", () => {
	const source = read("src/index.ts");
	for (const type of libraryExports().types)
		expect(source).toMatch(new RegExp(`\\btype (?:\\{ )?${type}\\b`));
	expect(source.match(/\btype\b/g)?.length).toBe(libraryExports().types.length);
});

it("each module of the package is built from a source", () => {
	const { exports } = JSON.parse(read("package.json"));
	const sources = Object.values(exports).map((entry) => Object(entry).default.replace("./dist/", "src/"));
	for (const source of sources) expect(read(source.replace(/\.js$/, ".ts"))).toContain("export");
	expect(entryPoints().modules).toContain("docs-edge-validator");
});

it("the endpoints are the routes of the app", async () => {
	const { ownEndpoints } = await load("src/own/endpoints.ts");
	const routes: { method: string; path: string }[] = ownEndpoints().routes;
	const open = routes.filter(({ path }) => path !== "/*");
	expect(endpoints()).toEqual(open.map(({ path }) => `/.edge${path}`));
	expect(open.map(({ method }) => method)).toEqual(open.map(() => "GET"));
});

it("no other header of the edge is named in the source", () => {
	const sources = globSync("src/**/*.ts", { cwd: ROOT }).map(read).join("\n");
	const named = new Set(sources.match(/X-Edge-[A-Z][A-Za-z-]*/gi)?.map((name) => name.toLowerCase()));
	expect([...named].sort()).toEqual(edgeHeaders().map((name) => name.toLowerCase()));
});

it("the documents explain each field of the log, and no other", () => {
	const table = read("docs/refusals.md").split("## The line in the log")[1]?.split("\n## ")[0] ?? "";
	const explained = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
	expect(explained.sort()).toEqual(logFields().sort());
});

it("the documents tell the exit codes", () => {
	expect(Object.keys(exitCodes())).toEqual(["0", "1", "2"]);
	expect(read("docs/tools.md")).toMatch(/Exit codes: 0 is fine, 1 means .* 2 is wrong usage or a failure/);
});

it("each command but describe has --json", () => {
	const without = [...commands()].filter(([, options]) => !options.includes("--json")).map(([name]) => name);
	expect(without).toEqual(["describe <name>"]);
});

it("the documents name each command", () => {
	const pages = globSync("docs/*.md", { cwd: ROOT, exclude: ["docs/versioning.md"] })
		.map(read)
		.join("\n");
	for (const name of commands().keys()) expect(pages).toContain(`docs-edge ${name.replace(/ [<[].*/, "")}`);
});
