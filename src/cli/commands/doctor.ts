/**
 * `docs-edge doctor`: probes a live edge.
 */
import type { Command } from "commander";
import { diagnose } from "../doctor/doctor.ts";
import type { DoctorOptions } from "../doctor/site.ts";
import type { Finding } from "../import/document-server-files.ts";
import { print, printFinding, waitingFor } from "../terminal.ts";
import { FINE, FOUND_SOMETHING, type HostOptions, json, localHost, withHost } from "./options.ts";

export function addDoctorCommand(program: Command): void {
	const doctor = program
		.command("doctor")
		.description("probes an edge and its Document Server, and says what to do about the first fault")
		.requiredOption("--edge <url>", "public URL of the edge")
		.option("--origin <url>", "URL of the Document Server itself")
		.option("--local-json <file>", "the server's local.json")
		.option("--ds-conf <file>", "the server's nginx ds.conf")
		.option("--wopi-source <url>", "a WOPI source of yours, which has to be let through")
		.addOption(json());
	withHost(doctor).action(async (options: DoctorOptions & HostOptions & { json?: true }) => {
		const findings: Finding[] = [];
		const diagnosis = diagnose(await localHost(options, options.edge), options, Date.now);
		for (
			let next = await waitingFor("probing", diagnosis.next());
			!next.done;
			next = await waitingFor("probing", diagnosis.next())
		) {
			findings.push(next.value);
			if (!options.json) printFinding(next.value);
		}
		if (options.json) print(JSON.stringify(findings));
		process.exitCode = findings.some(({ mark }) => mark === "bad") ? FOUND_SOMETHING : FINE;
	});
}
