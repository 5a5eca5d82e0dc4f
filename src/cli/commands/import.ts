/**
 * `docs-edge import`: bindings from the Document Server's own files.
 */
import { type Command, Option } from "commander";
import { withVersion } from "../import/ask-version.ts";
import { formatBindings, type ImportOptions, leftOut, readServerFiles } from "../import/import.ts";
import { withDiscoveries } from "../import/import-discovery.ts";
import { print, printFinding } from "../terminal.ts";
import { FINE, FOUND_SOMETHING, json, nowSeconds } from "./options.ts";

export function addImportCommand(program: Command): void {
	program
		.command("import")
		.description("bindings from the Document Server's own files")
		.option(
			"--local-json <file>",
			"local.json (/etc/onlyoffice/documentserver/local.json); - for standard input",
		)
		.option("--ds-conf <file>", "nginx's ds.conf (/etc/nginx/conf.d/ds.conf)")
		.option(
			"--docker-env <file>",
			"environment of the Docker image: NAME=value lines, or docker inspect; - for standard input",
		)
		.option(
			"--discovery <file or URL...>",
			"WOPI discovery (https://docs.example.com/hosting/discovery), one per Document Server: WOPI_PROOF_KEYS",
		)
		.option(
			"--server <url>",
			"URL of the Document Server: asks it for DS_VERSION, with the secret of --local-json",
		)
		.addOption(
			new Option(
				"--format <format>",
				"for `wrangler secret bulk`, for .dev.vars, or as [vars]; without it only what was found is told",
			).choices(["secrets", "dev-vars", "vars"]),
		)
		.addOption(json())
		.action(
			async (
				options: {
					localJson?: string;
					dsConf?: string;
					dockerEnv?: string;
					discovery?: string[];
					server?: string;
					format?: ImportOptions["format"];
					json?: true;
				},
				command: Command,
			) => {
				const { discovery = [] } = options;
				const given = [options.localJson, options.dsConf, options.dockerEnv].filter(
					(file) => file !== undefined,
				);
				if (given.filter((file) => file === "-").length > 1)
					command.error("only one file can come from standard input");
				const hasFiles = given.length > 0;
				if (!hasFiles && discovery.length === 0 && options.server === undefined)
					command.error("give --local-json, --ds-conf or --docker-env; or --discovery, or --server");
				if (!hasFiles && options.format === "secrets")
					command.error("a discovery has public keys only: use --format vars or dev-vars");
				const fromFiles = await withDiscoveries(readServerFiles(options), discovery);
				const settings = await withVersion(fromFiles, options.server, nowSeconds());
				const found = settings.findings.some(({ mark }) => mark === "bad");
				process.exitCode = found ? FOUND_SOMETHING : FINE;
				if (options.format) {
					print(formatBindings(settings, options.format));
					for (const { mark, text } of settings.findings)
						if (mark === "bad") process.stderr.write(`${text}\n`);
					const others = leftOut(settings, options.format);
					if (others.length > 0)
						process.stderr.write(`not in --format ${options.format}: ${others.join(", ")}\n`);
					return;
				}
				const names = [...Object.keys(settings.secrets), ...Object.keys(settings.variables)];
				if (options.json) return print(JSON.stringify({ names, findings: settings.findings }));
				print(`found: ${names.join(", ") || "nothing"}`);
				settings.findings.forEach(printFinding);
			},
		);
}
