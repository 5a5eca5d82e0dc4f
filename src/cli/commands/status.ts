/**
 * `docs-edge status`: the state and the counts of an edge.
 */
import type { Command } from "commander";
import { pickKey } from "../sign.ts";
import { askStatus, describeStatus, isFine } from "../status.ts";
import { print, waitingFor } from "../terminal.ts";
import { FINE, FOUND_SOMETHING, type HostOptions, json, localHost, nowSeconds, withHost } from "./options.ts";

export function addStatusCommand(program: Command): void {
	const status = program
		.command("status")
		.description("what one isolate of the edge has counted, and how it is configured")
		.requiredOption("--edge <url>", "public URL of the edge")
		.addOption(json());
	withHost(status).action(async (options: HostOptions & { edge: string; json?: true }) => {
		const key = pickKey(await localHost(options, options.edge), "status", undefined);
		const told = await waitingFor("asking", askStatus(options.edge, key, nowSeconds()));
		process.exitCode = isFine(told) ? FINE : FOUND_SOMETHING;
		for (const line of options.json ? [JSON.stringify(told)] : describeStatus(told)) print(line);
	});
}
