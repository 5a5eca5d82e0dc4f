/**
 * `docs-edge`: the operator's tools. Exit codes: 0 fine, 1 found something, 2 wrong usage.
 */
import { CommanderError } from "commander";
import { FINE, WRONG_USAGE } from "./commands/options.ts";
import { createProgram } from "./program.ts";

// `docs-edge … | head` closes the pipe early. That is no failure of the command.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	process.exit(error.code === "EPIPE" ? FINE : WRONG_USAGE);
});

try {
	await createProgram().parseAsync();
} catch (error) {
	if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? FINE : WRONG_USAGE;
	else {
		process.stderr.write(`docs-edge: ${error instanceof Error ? error.message : "failed"}\n`);
		process.exitCode = WRONG_USAGE;
	}
}
