/**
 * The bindings on this machine, for a local run and the tools: what wrangler.toml says, over it `.dev.vars`, over that the environment.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { unstable_readConfig } from "wrangler";
import { DIRECTORY_NAMES, SECRET_NAMES, VARIABLE_NAMES } from "../config/bindings.ts";

const ROOT = new URL("../..", import.meta.url);

const NAMES: ReadonlySet<string> = new Set([...SECRET_NAMES, ...VARIABLE_NAMES, ...DIRECTORY_NAMES]);
/** A known name, or that of a host's secret: `ACME_JWT_SECRET`. */
const isBinding = (name: string) =>
	NAMES.has(name) || SECRET_NAMES.some((secret) => name.endsWith(`_${secret}`));

export function localBindings(environment: NodeJS.ProcessEnv): Record<string, string> {
	const { vars } = unstable_readConfig({ config: fileURLToPath(new URL("wrangler.toml", ROOT)) });
	const devVars = new URL(".dev.vars", ROOT);
	const sources: Readonly<Record<string, unknown>>[] = [
		environment,
		existsSync(devVars) ? parseEnv(readFileSync(devVars, "utf8")) : {},
		vars,
	];
	const bindings: Record<string, string> = {};
	for (const name of new Set(sources.flatMap((source) => Object.keys(source).filter(isBinding)))) {
		const value = sources.map((source) => source[name]).find((candidate) => candidate !== undefined);
		if (value !== undefined) bindings[name] = typeof value === "string" ? value : JSON.stringify(value);
	}
	return bindings;
}
