/**
 * `docs-edge explain`: the edge's decision on one request.
 */
import type { Command } from "commander";
import { explain } from "../explain.ts";
import { readRequest } from "../read-request.ts";
import { marked, print } from "../terminal.ts";
import { FINE, FOUND_SOMETHING, type HostOptions, json, localHost, readText, withHost } from "./options.ts";

export function addExplainCommand(program: Command): void {
	const command = program
		.command("explain <request...>")
		.description("what the edge says to a URL, a curl command line or a token, and why; - for standard input")
		.addOption(json());
	withHost(command).action(async (words: string[], options: HostOptions & { json?: true }) => {
		const pasted = readRequest(readText(words.join(" ")));
		const explanation = await explain(pasted, await localHost(options, pasted.url), Date.now());
		process.exitCode = explanation.ok ? FINE : FOUND_SOMETHING;
		if (options.json) return print(JSON.stringify(explanation));
		for (const { name, ok, text } of explanation.steps)
			print(marked(ok ? "good" : name === "hint" ? "note" : "bad", `${name}: ${text}`));
	});
}
