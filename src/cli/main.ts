/**
 * `docs-edge`: the operator's tools. Exit codes: 0 fine, 1 found something, 2 wrong usage. Each command is a file in
 * `commands/`.
 */
import { Command, CommanderError } from "commander";
import { VERSION } from "../version.ts";
import { addDenyCommands } from "./commands/deny.ts";
import { addDescribeCommand } from "./commands/describe.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addImportCommand } from "./commands/import.ts";
import { FINE, WRONG_USAGE } from "./commands/options.ts";
import { addReadyCommand } from "./commands/ready.ts";
import { addSignCommands } from "./commands/sign.ts";
import { addStatusCommand } from "./commands/status.ts";

// `docs-edge … | head` closes the pipe early. That is no failure of the command.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	process.exit(error.code === "EPIPE" ? FINE : WRONG_USAGE);
});

const program = new Command("docs-edge")
	.description(
		"Tools for the edge in front of an ONLYOFFICE Document Server. Secrets come from .dev.vars and the environment.",
	)
	.version(VERSION)
	.exitOverride()
	.showHelpAfterError();
addImportCommand(program);
addSignCommands(program);
addExplainCommand(program);
addDoctorCommand(program);
addReadyCommand(program);
addStatusCommand(program);
addDenyCommands(program);
addDescribeCommand(program);

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? FINE : WRONG_USAGE;
	else {
		process.stderr.write(`docs-edge: ${error instanceof Error ? error.message : "failed"}\n`);
		process.exitCode = WRONG_USAGE;
	}
}
