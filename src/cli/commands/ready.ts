/**
 * `docs-edge ready`: whether shadow mode may end.
 */
import type { Command } from "commander";
import { askReadiness } from "../ready.ts";
import { pickKey } from "../sign.ts";
import { marked, print, waitingFor } from "../terminal.ts";
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
		const total = Object.values(readiness.disagreements).reduce((sum, count) => sum + count, 0);
		print(`${readiness.compared} requests compared, ${total} disagreements (mode ${readiness.mode})`);
		for (const [what, count] of Object.entries(readiness.disagreements)) print(`  ${count} × ${what}`);
		print(
			marked(readiness.safe ? "good" : "bad", readiness.safe ? "safe to enforce" : "not safe to enforce"),
		);
	});
}
