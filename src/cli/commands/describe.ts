/**
 * `docs-edge describe`: the meaning of a name.
 */
import type { Command } from "commander";
import { describeName } from "../reference.ts";
import { print } from "../terminal.ts";

export function addDescribeCommand(program: Command): void {
	program
		.command("describe <name>")
		.description("the meaning of a reason, a binding or a route: link_mismatch, MODE, cached-file")
		.action((name: string, _options: unknown, command: Command) => {
			const lines = describeName(name);
			if (lines === undefined) return command.error(`no reason, binding or route is called ${name}`);
			for (const line of lines) print(line);
		});
}
