/**
 * The names that a user may rely on, for `docs/versioning.md`, read from the code: exports, commands, exit codes, fields of
 * the log, headers, endpoints. A name that comes or goes changes the document, and with it the version.
 *
 * Bindings, reasons and routes have tables of their own.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { FINE, FOUND_SOMETHING, WRONG_USAGE } from "../src/cli/commands/options.ts";
import { createProgram } from "../src/cli/program.ts";
import type { DecisionRecord, LineDetails } from "../src/observe/decision-record.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}/${path}`, "utf8");

/** A field that is missing here, or too many, does not compile. The log writes the time of `receivedMs` as `time`. */
const FIELDS: Readonly<
	Record<keyof Omit<DecisionRecord, "receivedMs"> | keyof LineDetails | "time" | "version", true>
> = {
	time: true,
	id: true,
	host: true,
	method: true,
	route: true,
	verdict: true,
	reason: true,
	key: true,
	cache: true,
	status: true,
	ms: true,
	shadow: true,
	advisory: true,
	expiredBy: true,
	nearMiss: true,
	callbackHost: true,
	client: true,
	sampled: true,
	version: true,
};

export const logFields = (): string[] => Object.keys(FIELDS);

export const exitCodes = (): Readonly<Record<string, string>> => ({
	[FINE]: "fine",
	[FOUND_SOMETHING]: "the command found something",
	[WRONG_USAGE]: "wrong usage, or a failure",
});

/** @returns `sign link <file>` with its options, for each command that can be called */
export function commands(): ReadonlyMap<string, readonly string[]> {
	const all = (command: Command, path: string): [string, string[]][] => {
		const name = `${path}${command.name()}`;
		const words = command.registeredArguments.map((argument) => {
			const dots = argument.variadic ? "..." : "";
			return argument.required ? `<${argument.name()}${dots}>` : `[${argument.name()}${dots}]`;
		});
		const options = command.options.map(({ long, flags }) => long ?? flags);
		if (command.commands.length > 0) return command.commands.flatMap((inner) => all(inner, `${name} `));
		return [[[name, ...words].join(" "), options]];
	};
	return new Map(createProgram().commands.flatMap((command) => all(command, "")));
}

/** The values and the types that the library exports. */
export function libraryExports(): { readonly values: readonly string[]; readonly types: readonly string[] } {
	const names = [...read("src/index.ts").matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(
		([, type, list = ""]) => list.split(",").map((name) => (type ? `type ${name.trim()}` : name.trim())),
	);
	return {
		values: names.filter((name) => !name.startsWith("type ")).sort(),
		types: names
			.filter((name) => name.startsWith("type "))
			.map((name) => name.slice("type ".length))
			.sort(),
	};
}

/** The package has modules, for `import`, and commands, for `npx`. */
export function entryPoints(): { readonly modules: readonly string[]; readonly commands: readonly string[] } {
	const { name, exports, bin } = JSON.parse(read("package.json"));
	return {
		modules: Object.keys(exports).map((path) => name + path.slice(1)),
		commands: Object.keys(bin),
	};
}

/** Every `X-Edge-…` header that the Worker writes or reads. */
export function edgeHeaders(): string[] {
	const sources = globSync("src/**/*.ts", { cwd: ROOT }).filter((path) => !/^src.cli/.test(path));
	const found = sources.flatMap((path) => read(path).match(/"X-Edge-[A-Za-z-]+"/g) ?? []);
	return [...new Set(found.map((name) => name.slice(1, -1)))].sort();
}

export function endpoints(): string[] {
	return [...read("src/own/endpoints.ts").matchAll(/\.get\("(\/\w+)"/g)].map(([, path]) => `/.edge${path}`);
}

export function apiTable(): string {
	const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
	const { values, types } = libraryExports();
	const { modules, commands: programs } = entryPoints();
	const rows = [
		["modules", code(modules)],
		["exports of the library", `${code(values)}; types: ${code(types)}`],
		["endpoints", code(endpoints())],
		["headers", code(edgeHeaders())],
		["fields of the log", code(logFields())],
		["programs", code(programs)],
		...[...commands()].map(([name, options]) => [`\`docs-edge ${name}\``, code(options) || "no options"]),
		[
			"exit codes",
			Object.entries(exitCodes())
				.map(([number, meaning]) => `\`${number}\`: ${meaning}`)
				.join("; "),
		],
	];
	return ["| part | names |", "| --- | --- |", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}
