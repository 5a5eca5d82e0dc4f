/**
 * The commands of `docs-edge`. Each command is a file in `commands/`.
 */
import { Command } from "commander";
import { VERSION } from "../version.ts";
import { addDenyCommands } from "./commands/deny.ts";
import { addDescribeCommand } from "./commands/describe.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addImportCommand } from "./commands/import.ts";
import { addReadyCommand } from "./commands/ready.ts";
import { addSignCommands } from "./commands/sign.ts";
import { addStatusCommand } from "./commands/status.ts";

export function createProgram(): Command {
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
	return program;
}
