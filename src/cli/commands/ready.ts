/**
 * `docs-edge ready`: whether shadow mode may end.
 */
import type { Command } from "commander";
import { askReadiness, describeReadiness } from "../ready.ts";
import { pickKey } from "../sign.ts";
import { print, printFinding, waitingFor } from "../terminal.ts";
import { FINE, FOUND_SOMETHING, type HostOptions, json, localHost, nowSeconds, withHost } from "./options.ts";

export function addReadyCommand(program: Command): void {
	const ready = program
		.command("ready")
		.description("whether shadow mode may end: what one isolate of the edge has compared")
		.requiredOption("--edge <url>", "public URL of the edge")
		.addOption(json());
	withHost(ready).action(async (options: HostOptions & { edge: string; json?: true }) => {
		const key = pickKey(await localHost(options, options.edge), "status", undefined);
		const readiness = await waitingFor("asking", askReadiness(options.edge, key, nowSeconds()));
		process.exitCode = readiness.safe ? FINE : FOUND_SOMETHING;
		if (options.json) return print(JSON.stringify(readiness));
		const { compared, mode, since, disagreements } = readiness;
		const total = Object.values(disagreements).reduce((sum, count) => sum + count, 0);
		print(`${compared} requests compared, ${total} disagreements (mode ${mode}, since ${since})`);
		for (const finding of describeReadiness(readiness)) printFinding(finding);
	});
}
