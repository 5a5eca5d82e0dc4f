/**
 * `docs-edge status`: the state and the counts of an edge.
 */
import type { Command } from "commander";
import { askStatus, describeStatus, isFine } from "../status.ts";
import { print, waitingFor } from "../terminal.ts";
import { type EdgeOptions, FINE, FOUND_SOMETHING, nowSeconds, statusKey, withEdge } from "./options.ts";

export function addStatusCommand(program: Command): void {
	const status = program
		.command("status")
		.description("what one isolate of the edge has counted, and how it is configured");
	withEdge(status).action(async (options: EdgeOptions) => {
		const key = await statusKey(options);
		const told = await waitingFor("asking", askStatus(options.edge, key, nowSeconds()));
		process.exitCode = isFine(told) ? FINE : FOUND_SOMETHING;
		for (const line of options.json ? [JSON.stringify(told)] : describeStatus(told)) print(line);
	});
}
