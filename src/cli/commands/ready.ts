/**
 * `docs-edge ready`: whether shadow mode may end.
 */
import type { Command } from "commander";
import { askReadiness, describeReadiness } from "../ready.ts";
import { print, printFinding, waitingFor } from "../terminal.ts";
import { type EdgeOptions, FINE, FOUND_SOMETHING, nowSeconds, statusKey, withEdge } from "./options.ts";

export function addReadyCommand(program: Command): void {
	const ready = program
		.command("ready")
		.description("whether shadow mode may end: what one isolate of the edge has compared");
	withEdge(ready).action(async (options: EdgeOptions) => {
		const key = await statusKey(options);
		const readiness = await waitingFor("asking", askReadiness(options.edge, key, nowSeconds()));
		process.exitCode = readiness.safe ? FINE : FOUND_SOMETHING;
		if (options.json) return print(JSON.stringify(readiness));
		const { compared, mode, since, disagreements } = readiness;
		const total = Object.values(disagreements).reduce((sum, count) => sum + count, 0);
		print(`${compared} requests compared, ${total} disagreements (mode ${mode}, since ${since})`);
		for (const finding of describeReadiness(readiness)) printFinding(finding);
	});
}
