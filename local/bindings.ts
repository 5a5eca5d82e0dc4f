/**
 * The bindings of a local run: what wrangler.toml says, over it `.dev.vars`, over that the environment.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { unstable_readConfig } from "wrangler";
import { SECRET_NAMES, VARIABLE_NAMES } from "../src/config/bindings.ts";

const ROOT = new URL("..", import.meta.url);

export function localBindings(environment: NodeJS.ProcessEnv): Record<string, string> {
	const { vars } = unstable_readConfig({ config: fileURLToPath(new URL("wrangler.toml", ROOT)) });
	const devVars = new URL(".dev.vars", ROOT);
	const sources: Readonly<Record<string, unknown>>[] = [
		environment,
		existsSync(devVars) ? parseEnv(readFileSync(devVars, "utf8")) : {},
		vars,
	];
	const bindings: Record<string, string> = {};
	for (const name of [...SECRET_NAMES, ...VARIABLE_NAMES]) {
		const value = sources.map((source) => source[name]).find((candidate) => candidate !== undefined);
		if (value !== undefined) bindings[name] = typeof value === "string" ? value : JSON.stringify(value);
	}
	return bindings;
}
