/**
 * Which packages are in the bundle, from the metafile of esbuild: the code of an import that nothing uses is not in it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundledPackage } from "./checks/licences.ts";
import { nameOf } from "./checks/runtime-dependencies.ts";

/** @returns names, sorted. @throws for an input of neither this project nor a package */
export function bundledPackages(metafile: unknown): string[] {
	const outputs = Object.values(Object(Object(metafile).outputs));
	const inputs = outputs.flatMap((output) => Object.entries(Object(Object(output).inputs)));
	const used = inputs.filter(([, input]) => Number(Object(input).bytesInOutput) > 0).map(([path]) => path);
	const stranger = used.find((path) => !path.includes("node_modules/") && !path.startsWith("src/"));
	if (stranger !== undefined) throw new Error(`the bundle has code of ${stranger}`);
	return [...new Set(used.filter((path) => path.includes("node_modules/")).map(nameOf))].sort();
}

const LICENCE_FILE = /^(?:licen[cs]e|copying)(?:\.(?:md|txt))?$/i;

/** @param folder with `node_modules` */
export function readPackage(folder: string, name: string): BundledPackage {
	const root = join(folder, "node_modules", name);
	const { version, license, homepage, repository } = JSON.parse(
		readFileSync(join(root, "package.json"), "utf8"),
	);
	const file = readdirSync(root).find((entry) => LICENCE_FILE.test(entry));
	const url = typeof repository === "string" ? `https://github.com/${repository}` : Object(repository).url;
	return {
		name,
		version: String(version),
		licence: String(license ?? ""),
		// npm writes a repository as `git+https://…`.
		homepage: String(homepage ?? url ?? "").replace(/^git\+/, ""),
		text: file === undefined ? "" : readFileSync(join(root, file), "utf8"),
	};
}
