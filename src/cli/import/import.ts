/**
 * `docs-edge import`: makes the edge's bindings from the Document Server's own files. Only `formatBindings` returns
 * secrets as text.
 */
import { readFileSync } from "node:fs";
import {
	compareLinkSecrets,
	type Finding,
	parseDsConf,
	parseLocalJson,
	type ServerSettings,
} from "./document-server-files.ts";

export interface ImportOptions {
	readonly localJson?: string;
	readonly dsConf?: string;
	readonly format: "secrets" | "dev-vars" | "vars";
}

export function readServerFiles({
	localJson,
	dsConf,
}: Pick<ImportOptions, "localJson" | "dsConf">): ServerSettings & { readonly findings: readonly Finding[] } {
	const parsed =
		localJson === undefined
			? { secrets: {}, variables: {} }
			: parseLocalJson(readFileSync(localJson, "utf8"));
	const nginx = dsConf === undefined ? undefined : parseDsConf(readFileSync(dsConf, "utf8"));
	const signing: string | undefined = (parsed.secrets as Record<string, string>).SECURE_LINK_SECRET;
	const findings = localJson === undefined ? [] : compareLinkSecrets(signing, nginx);
	const [checking] = nginx ?? [];
	// nginx serves the files. If the two secrets differ, only a link that is signed with nginx's secret opens a file.
	const link = checking ?? signing;
	const secrets = { ...parsed.secrets, ...(link !== undefined && { SECURE_LINK_SECRET: link }) };
	return { secrets, variables: parsed.variables, nginxLinkSecrets: nginx ?? [], findings };
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
