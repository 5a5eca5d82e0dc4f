/**
 * `docs-edge explain`: the edge's decision on one request.
 */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { explain } from "../explain/explain.ts";
import { publicHosts } from "../local-bindings.ts";
import { readPasted } from "../paste/read-request.ts";
import { type Mark, marked, print } from "../terminal.ts";
import { FINE, FOUND_SOMETHING, type HostOptions, json, localHost, readText, withHost } from "./options.ts";

interface ExplainCommandOptions extends HostOptions {
	readonly redact?: true;
	readonly secret?: string;
	readonly json?: true;
}

export function addExplainCommand(program: Command): void {
	const command = program
		.command("explain <request...>")
		.description(
			"what the edge says to a request, and why: a URL, a curl or fetch call, an HTTP request, an HAR file, a line of a log, a header, a token; - for standard input, @file for a file",
		)
		.option("--redact", "hide the values of claims")
		.option("--secret <secret>", "try another secret too; - reads it from standard input")
		.addOption(json());
	withHost(command).action(async (words: string[], options: ExplainCommandOptions) => {
		const pasted = readPasted(readText(words.join(" ")));
		const host = await localHost(options, "url" in pasted ? pasted.url : "");
		const secret = options.secret === "-" ? readFileSync(0, "utf8").replace(/\r?\n$/, "") : options.secret;
		const explanation = await explain(pasted, host, Date.now(), {
			redact: options.redact === true,
			...(secret !== undefined && { secret }),
			publicHosts: publicHosts(options.env),
		});
		process.exitCode = explanation.ok ? FINE : FOUND_SOMETHING;
		if (options.json) return print(JSON.stringify(explanation));
		for (const { name, ok, text } of explanation.steps) print(marked(markOf(name, ok), `${name}: ${text}`));
	});
}

function markOf(name: string, ok: boolean): Mark {
	if (name === "hint" || name === "note" || name === "do") return "note";
	return ok ? "good" : "bad";
}
