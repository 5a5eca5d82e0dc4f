/**
 * `docs-edge`: the operator's tools. Exit codes: 0 fine, 1 found something, 2 wrong usage.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Host } from "../config/host.ts";
import type { RingKind } from "../config/secrets/rings.ts";
import { VERSION } from "../version.ts";
import { addDenyCommands } from "./deny/commands.ts";
import { type DoctorOptions, diagnose } from "./doctor/doctor.ts";
import { explain } from "./explain.ts";
import { withVersion } from "./import/ask-version.ts";
import type { Finding } from "./import/document-server-files.ts";
import { formatBindings, type ImportOptions, readServerFiles } from "./import/import.ts";
import { withDiscoveries } from "./import/import-discovery.ts";
import { localBindings } from "./local-bindings.ts";
import { readLocalHost } from "./local-host.ts";
import { readRequest } from "./read-request.ts";
import { askReadiness } from "./ready.ts";
import { describeName } from "./reference.ts";
import {
	pickKey,
	type Sha256LinkOptions,
	signLink,
	signOwnLink,
	signToken,
	type TokenOptions,
} from "./sign.ts";
import { marked, print, waitingFor } from "./terminal.ts";

const FINE = 0;
const FOUND_SOMETHING = 1;
const WRONG_USAGE = 2;
const DEFAULT_LIFETIME_SECONDS = 3600;

const nowSeconds = () => Math.floor(Date.now() / 1000);
const localHost = async (): Promise<Host> => {
	const bindings = filled(await localBindings(process.env));
	return readLocalHost({ ORIGIN: "http://origin.invalid", ...bindings }, nowSeconds());
};
/** The tools work without ORIGIN, so an empty one must not be a problem. */
const filled = (bindings: Record<string, string>) =>
	Object.fromEntries(Object.entries(bindings).filter(([name, value]) => name !== "ORIGIN" || value !== ""));

const seconds = (text: string): number => {
	if (/^\d{1,10}$/.test(text)) return Number(text);
	throw new InvalidArgumentError("not a number of seconds");
};
/** Reads the argument itself, the file after `@`, or standard input for `-`. */
const readText = (text: string): string =>
	text === "-" ? readFileSync(0, "utf8") : text.startsWith("@") ? readFileSync(text.slice(1), "utf8") : text;

function printFinding({ mark, text, mend }: Finding): void {
	print(marked(mark, text));
	if (mend) print(`     → ${mend}`);
}

const json = () => new Option("--json", "print JSON");
const program = new Command("docs-edge")
	.description(
		"Tools for the edge in front of an ONLYOFFICE Document Server. Secrets come from .dev.vars and the environment.",
	)
	.version(VERSION)
	.exitOverride()
	.showHelpAfterError();

program
	.command("import")
	.description("bindings from the Document Server's own files")
	.option("--local-json <file>", "local.json (/etc/onlyoffice/documentserver/local.json)")
	.option("--ds-conf <file>", "nginx's ds.conf (/etc/nginx/conf.d/ds.conf)")
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
				discovery?: string[];
				server?: string;
				format?: ImportOptions["format"];
				json?: true;
			},
			command: Command,
		) => {
			const { discovery = [] } = options;
			const hasFiles = options.localJson !== undefined || options.dsConf !== undefined;
			if (!hasFiles && discovery.length === 0 && options.server === undefined)
				command.error("give --local-json, --ds-conf, or both; or --discovery, or --server");
			if (!hasFiles && options.format === "secrets")
				command.error("a discovery has public keys only: use --format vars or dev-vars");
			const fromFiles = await withDiscoveries(readServerFiles(options), discovery);
			const settings = await withVersion(fromFiles, options.server, nowSeconds());
			const found = settings.findings.some(({ mark }) => mark === "bad");
			process.exitCode = found ? FOUND_SOMETHING : FINE;
			if (options.format) {
				print(formatBindings(settings, options.format));
				for (const { mark, text } of settings.findings) if (mark === "bad") process.stderr.write(`${text}\n`);
				return;
			}
			const names = [...Object.keys(settings.secrets), ...Object.keys(settings.variables)];
			if (options.json) return print(JSON.stringify({ names, findings: settings.findings }));
			print(`found: ${names.join(", ") || "nothing"}`);
			settings.findings.forEach(printFinding);
		},
	);

const sign = program.command("sign").description("a link or a token that the edge accepts");
sign
	.command("link <path>")
	.description("path and query of a signed link; the path percent-encoded, with --sha256 also the whole URL")
	.option("--key <name>", "which key of the ring")
	.option("--expires-in <seconds>", "lifetime", seconds, DEFAULT_LIFETIME_SECONDS)
	.option("--filename <name>", "name to save the file under")
	.option("--sha256", "with SECURE_LINK_SHA256, for this host alone: the edge translates it for the server")
	.option("--host <host>", "with --sha256: host of the edge, if you give a path")
	.option("--network <network>", "with --sha256: only for clients of this network, 203.0.113.0/24")
	.addOption(json())
	.action(
		async (
			path: string,
			options: Sha256LinkOptions & { key?: string; expiresIn: number; sha256?: true; json?: true },
			command: Command,
		) => {
			if (!options.sha256 && (options.host ?? options.network) !== undefined)
				command.error("--host and --network belong to --sha256");
			const key = pickKey(await localHost(), options.sha256 ? "sha256Link" : "link", options.key);
			const expiresSeconds = nowSeconds() + options.expiresIn;
			const link = options.sha256
				? await signOwnLink(path, expiresSeconds, key, options)
				: signLink(path, expiresSeconds, key, options.filename);
			print(options.json ? JSON.stringify({ key: key.name, link }) : link);
		},
	);
sign
	.command("token [claims]")
	.description("a token over claims: JSON, @file, or - for standard input")
	.addOption(
		new Option("--secret <kind>", "whose secret")
			.choices(["inbox", "browser", "session", "outbox", "status"])
			.default("inbox"),
	)
	.option("--key <name>", "which key of the ring")
	.addOption(
		new Option("--algorithm <name>", "of the signature")
			.choices(["HS256", "HS384", "HS512"])
			.default("HS256"),
	)
	.option("--wrap", "claims under `payload`, as in a header token")
	.option("--expires-in <seconds>", "lifetime", seconds, DEFAULT_LIFETIME_SECONDS)
	.option("--no-expiry", "a token that does not expire")
	.addOption(json())
	.action(
		async (
			text: string | undefined,
			options: {
				secret: RingKind;
				key?: string;
				algorithm: TokenOptions["algorithm"];
				wrap?: true;
				expiresIn: number;
				expiry: boolean;
				json?: true;
			},
			command: Command,
		) => {
			const claims = parseClaims(readText(text ?? "{}"), command);
			const key = pickKey(await localHost(), options.secret, options.key);
			const token = await signToken(claims, key, {
				algorithm: options.algorithm,
				wrapped: options.wrap === true,
				...(options.expiry && { expiresSeconds: nowSeconds() + options.expiresIn }),
			});
			print(options.json ? JSON.stringify({ key: key.name, token }) : token);
		},
	);

function parseClaims(text: string, command: Command): object {
	try {
		const claims: unknown = JSON.parse(text);
		if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) return claims;
	} catch {
		// The error below does not quote the text, which may hold personal data.
	}
	return command.error("the claims are no JSON object");
}

program
	.command("explain <request...>")
	.description("what the edge says to a URL, a curl command line or a token, and why; - for standard input")
	.addOption(json())
	.action(async (words: string[], options: { json?: true }) => {
		const explanation = await explain(readRequest(readText(words.join(" "))), await localHost(), Date.now());
		process.exitCode = explanation.ok ? FINE : FOUND_SOMETHING;
		if (options.json) return print(JSON.stringify(explanation));
		for (const { name, ok, text } of explanation.steps)
			print(marked(ok ? "good" : name === "hint" ? "note" : "bad", `${name}: ${text}`));
	});

program
	.command("doctor")
	.description("probes an edge and its Document Server, and says of every fault what to do")
	.requiredOption("--edge <url>", "public URL of the edge")
	.option("--origin <url>", "URL of the Document Server itself")
	.option("--local-json <file>", "the server's local.json")
	.option("--ds-conf <file>", "the server's nginx ds.conf")
	.option("--wopi-source <url>", "a WOPI source of yours, which has to be let through")
	.addOption(json())
	.action(async (options: DoctorOptions & { json?: true }) => {
		const findings: Finding[] = [];
		const diagnosis = diagnose(await localHost(), options, Date.now);
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

program
	.command("ready")
	.description("whether shadow mode may end: what one isolate of the edge has compared")
	.requiredOption("--edge <url>", "public URL of the edge")
	.addOption(json())
	.action(async (options: { edge: string; json?: true }) => {
		const key = pickKey(await localHost(), "status", undefined);
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

addDenyCommands(program);

program
	.command("describe <name>")
	.description("the meaning of a reason, a binding or a route: link_mismatch, MODE, cached-file")
	.action((name: string, _options: unknown, command: Command) => {
		const lines = describeName(name);
		if (lines === undefined) return command.error(`no reason, binding or route is called ${name}`);
		for (const line of lines) print(line);
	});

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? FINE : WRONG_USAGE;
	else {
		process.stderr.write(`docs-edge: ${error instanceof Error ? error.message : "failed"}\n`);
		process.exitCode = WRONG_USAGE;
	}
}
