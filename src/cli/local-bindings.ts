/**
 * Reads the bindings on this machine, for a local run and the tools. The environment wins over `.dev.vars`, and
 * `.dev.vars` wins over wrangler.toml.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { DIRECTORY_NAMES, SECRET_NAMES, VARIABLE_NAMES } from "../config/bindings.ts";

const NAMES: ReadonlySet<string> = new Set([...SECRET_NAMES, ...VARIABLE_NAMES, ...DIRECTORY_NAMES, "DENY"]);
/** The name of a binding, or of a host's secret: `ACME_JWT_SECRET`. */
const isBinding = (name: string) =>
	NAMES.has(name) || SECRET_NAMES.some((secret) => name.endsWith(`_${secret}`));

const CONFIGURATIONS = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];

/** @param folder wrangler's configuration is in this folder, or in one above it */
export async function localBindings(
	environment: NodeJS.ProcessEnv,
	folder = process.cwd(),
): Promise<Record<string, string>> {
	const configuration = findConfiguration(folder);
	const devVars = join(configuration ? dirname(configuration) : folder, ".dev.vars");
	const sources: Readonly<Record<string, unknown>>[] = [
		environment,
		existsSync(devVars) ? parseEnv(readFileSync(devVars, "utf8")) : {},
		configuration ? await readVariables(configuration) : {},
	];
	const bindings: Record<string, string> = {};
	for (const name of new Set(sources.flatMap((source) => Object.keys(source).filter(isBinding)))) {
		const value = sources.map((source) => source[name]).find((candidate) => candidate !== undefined);
		if (value !== undefined) bindings[name] = typeof value === "string" ? value : JSON.stringify(value);
	}
	return bindings;
}

function findConfiguration(folder: string): string | undefined {
	const found = CONFIGURATIONS.map((name) => join(folder, name)).find((path) => existsSync(path));
	const parent = resolve(folder, "..");
	return found ?? (parent === folder ? undefined : findConfiguration(parent));
}

/**
 * Wrangler reads its configuration. Wrangler is loaded only if there is one: an installed command may lack wrangler.
 */
async function readVariables(configuration: string): Promise<Readonly<Record<string, unknown>>> {
	try {
		const { unstable_readConfig } = await import("wrangler");
		return unstable_readConfig({ config: configuration }).vars;
	} catch (error) {
		if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
		process.stderr.write(
			`docs-edge: ${configuration} was not read, as wrangler is not installed here: npm install wrangler\n`,
		);
		return {};
	}
}
