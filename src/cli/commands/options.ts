/**
 * The options that several commands share, and the host that they choose.
 */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Host } from "../../config/host.ts";
import type { Key } from "../../config/secrets/key-ring.ts";
import { localBindings } from "../local-bindings.ts";
import { type LocalHosts, pickHost, readLocalHosts } from "../local-host.ts";
import { pickKey } from "../sign.ts";

/** Exit codes. */
export const FINE = 0;
export const FOUND_SOMETHING = 1;
export const WRONG_USAGE = 2;

export const nowSeconds = () => Math.floor(Date.now() / 1000);

export const json = () => new Option("--json", "print JSON");

export interface HostOptions {
	/** Which host of `HOSTS`, or which tenant. */
	readonly host?: string;
	/** Environment in wrangler's configuration. */
	readonly env?: string;
}

export const withHost = (command: Command): Command =>
	command
		.option("--host <name>", "which host of HOSTS, or which tenant, if the edge serves several")
		.option("--env <name>", "environment in wrangler.toml");

/** The tools work without ORIGIN. */
const NO_ORIGIN = "http://origin.invalid";

export function localHosts({ env }: HostOptions): LocalHosts {
	const bindings = localBindings(process.env, { env });
	return readLocalHosts({ ...bindings, ORIGIN: bindings.ORIGIN || (bindings.ORIGINS ? "" : NO_ORIGIN) });
}

/** @param url the hostname in it counts without `--host` */
export const localHost = (options: HostOptions, url = ""): Promise<Host> =>
	pickHost(localHosts(options), options.host ?? URL.parse(url)?.hostname ?? "");

export interface EdgeOptions extends HostOptions {
	readonly edge: string;
	readonly json?: true;
}

/** The options of a command that asks the edge's own endpoints. */
export const withEdge = (command: Command): Command =>
	withHost(command.requiredOption("--edge <url>", "public URL of the edge").addOption(json()));

/** @returns the key of `STATUS_SECRET`. @throws without one */
export const statusKey = async (options: EdgeOptions): Promise<Key> =>
	pickKey(await localHost(options, options.edge), "status", undefined);

/** Reads the argument itself, the file after `@`, or standard input for `-`. */
export const readText = (text: string): string =>
	text === "-" ? readFileSync(0, "utf8") : text.startsWith("@") ? readFileSync(text.slice(1), "utf8") : text;

/** @throws for a text that is no duration: `90`, `90s`, `15m`, `1h`, `7d` */
export function seconds(text: string): number {
	const [, number, unit = "s"] = /^(\d{1,10})([smhd]?)$/.exec(text) ?? [];
	if (number === undefined) throw new InvalidArgumentError("not a duration like 600, 15m, 1h or 7d");
	return Number(number) * (UNIT_SECONDS[unit || "s"] ?? 1);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
