/**
 * `docs-edge import`: makes the edge's bindings from the Document Server's own files. Only `formatBindings` returns
 * secrets as text.
 */
import { readFileSync } from "node:fs";
import { parseDockerEnvironment } from "./docker-environment.ts";
import {
	compareLinkSecrets,
	type Finding,
	parseDsConf,
	parseLocalJson,
	type ServerSettings,
} from "./document-server-files.ts";

export interface ImportOptions {
	/** Paths of files; `-` is standard input. */
	readonly localJson?: string;
	readonly dsConf?: string;
	readonly dockerEnv?: string;
	readonly format: "secrets" | "dev-vars" | "vars";
}

type ServerFiles = Pick<ImportOptions, "localJson" | "dsConf" | "dockerEnv">;

/** @throws if a file cannot be read, or is another file than it was given as */
export function readServerFiles({
	localJson,
	dsConf,
	dockerEnv,
}: ServerFiles): ServerSettings & { readonly findings: readonly Finding[] } {
	const local = localJson === undefined ? undefined : parseLocalJson(readFile(localJson));
	const docker = dockerEnv === undefined ? undefined : parseDockerEnvironment(readFile(dockerEnv));
	const nginx = dsConf === undefined ? undefined : parseDsConf(readFile(dsConf));
	// The image writes its environment into local.json when it starts.
	const secrets: Record<string, string> = { ...docker?.secrets, ...local?.secrets };
	const signing = secrets.SECURE_LINK_SECRET;
	const isServerKnown = local !== undefined || docker !== undefined;
	const findings = [
		...(isServerKnown ? compareLinkSecrets(signing, nginx) : []),
		...(local?.findings ?? []),
		...missing(local?.secrets, docker?.secrets),
		...notCompared(isServerKnown, signing, nginx),
	];
	const [checking] = nginx ?? [];
	// nginx serves the files. If the two secrets differ, only a link that is signed with nginx's secret opens a file.
	const link = checking ?? signing;
	return {
		secrets: { ...secrets, ...(link !== undefined && { SECURE_LINK_SECRET: link }) },
		variables: { ...docker?.variables, ...local?.variables },
		nginxLinkSecrets: nginx ?? [],
		findings,
	};
}

const readFile = (path: string): string => readFileSync(path === "-" ? 0 : path, "utf8");

const NEEDED = ["JWT_SECRET_INBOX", "JWT_SECRET_OUTBOX", "JWT_SECRET_SESSION", "SECURE_LINK_SECRET"];

type Secrets = Readonly<Record<string, string>> | undefined;

/** The secrets that the server takes from its defaults, which are public. */
function missing(local: Secrets, docker: Secrets): Finding[] {
	if (local === undefined && docker === undefined) return [];
	const isSet = (name: string) =>
		local?.[name] !== undefined ||
		docker?.[name] !== undefined ||
		(name.startsWith("JWT_") && docker?.JWT_SECRET);
	const names = NEEDED.filter((name) => !isSet(name));
	if (names.length === 0) return [];
	return [
		{
			mark: "note",
			text: `not in the file: ${names.join(", ")}`,
			mend: "look into the server's other files (default.json, production-linux.json), and set these by hand",
		},
	];
}

function notCompared(
	isServerKnown: boolean,
	signing: string | undefined,
	nginx: readonly string[] | undefined,
): Finding[] {
	if (isServerKnown && signing !== undefined && nginx === undefined)
		return [{ mark: "note", text: "the link secret was not compared with nginx's: give --ds-conf too" }];
	if (!isServerKnown && nginx !== undefined)
		return [
			{ mark: "note", text: "nginx's link secret was not compared with the server's: give --local-json too" },
		];
	return [];
}

/** Lists the bindings that a format leaves out: `--format vars` writes no secret. */
export function leftOut({ secrets, variables }: ServerSettings, format: ImportOptions["format"]): string[] {
	if (format === "secrets") return Object.keys(variables);
	return format === "vars" ? Object.keys(secrets) : [];
}

/** The output of `--format`. The tools print a secret nowhere else. */
export function formatBindings(
	{ secrets, variables }: ServerSettings,
	format: ImportOptions["format"],
): string {
	switch (format) {
		case "secrets":
			return JSON.stringify(secrets, null, 2);
		case "dev-vars":
			return Object.entries({ ...secrets, ...variables })
				.map(([name, value]) => `${name}=${quote(value)}`)
				.join("\n");
		case "vars":
			return [
				"[vars]",
				...Object.entries(variables).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
			].join("\n");
	}
}

/** Inside double quotes, readers of `.dev.vars` keep the backslash before an inner double quote. */
const quote = (value: string) =>
	value.includes('"') && !value.includes("'") ? `'${value}'` : JSON.stringify(value);
