/**
 * Reads the bindings on this machine, for a local run and the tools. The environment wins over `.dev.vars`, and
 * `.dev.vars` wins over wrangler.toml.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import JSON5 from "json5";
import { parse as parseToml } from "smol-toml";
import { DIRECTORY_NAMES, SECRET_NAMES, VARIABLE_NAMES } from "../config/bindings.ts";

const NAMES: ReadonlySet<string> = new Set([...SECRET_NAMES, ...VARIABLE_NAMES, ...DIRECTORY_NAMES, "DENY"]);
/** The name of a binding, or of a host's secret: `ACME_JWT_SECRET`. */
const isBinding = (name: string) =>
	NAMES.has(name) || SECRET_NAMES.some((secret) => name.endsWith(`_${secret}`));

const CONFIGURATIONS = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];

export interface LocalBindingsOptions {
	/** Environment in wrangler's configuration: its variables replace those of the top level, as at a deployment. */
	readonly env?: string | undefined;
	/** Wrangler's configuration is in this folder, or in one above it. */
	readonly folder?: string;
}

/** @throws for a configuration that cannot be read, or has no such environment */
export function localBindings(
	environment: NodeJS.ProcessEnv,
	{ env, folder = process.cwd() }: LocalBindingsOptions = {},
): Record<string, string> {
	const configuration = findConfiguration(folder);
	const sources: Readonly<Record<string, unknown>>[] = [
		environment,
		readDevVars(configuration ? dirname(configuration) : folder, env),
		configuration ? readVariables(configuration, env) : {},
	];
	const bindings: Record<string, string> = {};
	for (const name of new Set(sources.flatMap((source) => Object.keys(source).filter(isBinding)))) {
		const value = sources.map((source) => source[name]).find((candidate) => candidate !== undefined);
		if (value !== undefined) bindings[name] = typeof value === "string" ? value : JSON.stringify(value);
	}
	return bindings;
}

/** As wrangler: `.dev.vars.staging` takes the place of `.dev.vars`. */
function readDevVars(folder: string, env: string | undefined): Readonly<Record<string, unknown>> {
	const names = env === undefined ? [".dev.vars"] : [`.dev.vars.${env}`, ".dev.vars"];
	const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
	const read = file === undefined ? {} : parseEnv(readFileSync(file, "utf8"));
	// A copy of `.dev.vars.example` has empty lines for the secrets that its owner has not filled in yet.
	return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== ""));
}

function findConfiguration(folder: string): string | undefined {
	const found = CONFIGURATIONS.map((name) => join(folder, name)).find((path) => existsSync(path));
	const parent = resolve(folder, "..");
	return found ?? (parent === folder ? undefined : findConfiguration(parent));
}

/** The hostnames in `routes` of wrangler's configuration. */
export function publicHosts(env?: string, folder = process.cwd()): string[] {
	const path = findConfiguration(folder);
	const { route, routes = [route], env: environments } = Object(path && readConfiguration(path));
	const chosen: unknown =
		(env === undefined ? undefined : Object(Object(environments)[env]).routes) ?? routes;
	const patterns = (Array.isArray(chosen) ? chosen : []).map((one) =>
		String(Object(one).pattern ?? one ?? ""),
	);
	return patterns
		.map((pattern) => pattern.replace(/^https?:\/\//, "").replace(/\/.*$/, ""))
		.filter((name) => name.includes("."));
}

function readVariables(path: string, env: string | undefined): Readonly<Record<string, unknown>> {
	const { vars, env: environments } = Object(readConfiguration(path));
	if (env === undefined) return Object(vars);
	const environment = Object(environments)[env];
	if (environment === undefined) throw new Error(`${path} has no [env.${env}]`);
	return Object(Object(environment).vars);
}

/** Wrangler itself would read it too, but takes a second to load. */
function readConfiguration(path: string): unknown {
	const text = readFileSync(path, "utf8");
	try {
		return path.endsWith(".toml") ? parseToml(text) : JSON5.parse(text);
	} catch (error) {
		throw new Error(`${path} cannot be read: ${String((error as Error).message).split("\n")[0]}`);
	}
}
