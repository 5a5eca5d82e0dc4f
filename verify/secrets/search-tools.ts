/**
 * Runs the tools as an operator does, in a folder with their secrets, and searches everything that they print.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Edge, startEdge } from "../../local/edge.ts";
import { inParallel } from "../in-parallel.ts";
import type { Kit } from "./requests/kit.ts";
import type { SearchRun } from "./run.ts";
import { type ToolRun, toolRuns } from "./tools.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const AT_ONCE = 2;

/** @returns how many command lines were run */
export async function searchTools(
	origin: string,
	{ bundle, kit, search, isOver }: SearchRun,
): Promise<number> {
	let count = 0;
	const folder = mkdtempSync(join(tmpdir(), "edge-canaries-"));
	const lines = Object.entries(kit.secrets.bindings).map(([name, value]) => `${name}='${value}'`);
	writeFileSync(join(folder, ".dev.vars"), `${lines.join("\n")}\n`);
	writeFileSync(
		join(folder, "wrangler.toml"),
		'[vars]\nHOSTS = { "docs.test" = {}, "wopi.test" = { WOPI_HOSTS = "wopi.example" } }\n',
	);
	const edge = await startEdge({
		bundle,
		bindings: { ...kit.secrets.bindings, ORIGIN: origin },
		onLog: (line) => search.look("log of the edge that the tools ask", line),
	});
	try {
		const runs = [...toolRuns(kit, folder, siteOf(edge), origin), ...brokenRuns(kit, folder)];
		await inParallel(runs, AT_ONCE, async (run) => {
			if (isOver()) return;
			count++;
			const printed = await printedBy(run, join(folder, run.folder ?? ""));
			search.look(nameOf(run), printed);
		});
		return count;
	} finally {
		await edge.stop();
		rmSync(folder, { recursive: true });
	}
}

const siteOf = ({ url }: Edge): string => url.origin;

/** The command and its options, without what is pasted or signed. */
function nameOf({ args, folder = "" }: ToolRun): string {
	const words = args.filter((arg) => /^[a-z-]{2,20}$/.test(arg));
	return [words.join(" ") || "no command", ...(folder === "" ? [] : [`in ${folder}`])].join(" ");
}

/** Configurations that cannot be read, each with a canary beside the mistake. */
function brokenRuns({ make }: Kit, folder: string): readonly ToolRun[] {
	const secret = () => make("secret", "in a broken configuration");
	const files: readonly (readonly [name: string, file: string, text: string])[] = [
		["broken-toml", "wrangler.toml", `[vars]\nJWT_SECRET = "${secret()}\nORIGIN = "x"\n`],
		["odd-toml", "wrangler.toml", `[vars]\nJWT_SECRET = ${secret()}\n`],
		["broken-json", "wrangler.json", `{"vars": {"JWT_SECRET": "${secret()}" "x"}}`],
		["odd-json", "wrangler.jsonc", `{"vars": {"JWT_SECRET": ${secret()}}}`],
		["broken-hosts", ".dev.vars", `HOSTS='{"docs.test": ${secret()}'\nJWT_SECRET=${secret()}\n`],
		["broken-ring", ".dev.vars", `JWT_SECRET='{"first": "${secret()}"'\nSECURE_LINK_SECRET=${secret()}\n`],
		["unnamed-ring", ".dev.vars", `JWT_SECRET='{"secret": "${secret()}"}'\nSECURE_LINK_SECRET=${secret()}\n`],
		["broken-deny", ".dev.vars", `DENY='{"documents": ["${secret()}"'\nJWT_SECRET=${secret()}\n`],
	];
	return files.flatMap(([name, file, text]) => {
		mkdirSync(join(folder, name));
		if (file === ".dev.vars") writeFileSync(join(folder, name, "wrangler.toml"), "");
		writeFileSync(join(folder, name, file), text);
		return [
			["sign", "token", "{}"],
			["sign", "link", "https://docs.test/cache/files/a/b"],
			["explain", "https://docs.test/cache/files/a/b?md5=x&expires=1"],
			["doctor", "--edge", "http://127.0.0.1:1"],
		].map((args) => ({ args, folder: name }));
	});
}

/** @returns standard output and standard error */
function printedBy({ args, input, env = {} }: ToolRun, cwd: string): Promise<string> {
	const child = spawn(
		process.execPath,
		[join(ROOT, "local/run.mjs"), join(ROOT, "src/cli/main.ts"), ...args],
		{
			cwd,
			env: { PATH: process.env.PATH, ...env },
		},
	);
	let printed = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (bytes) => {
			printed += bytes;
		});
	child.stdin.on("error", () => undefined);
	child.stdin.end(input ?? "");
	return new Promise((resolve) => child.once("close", () => resolve(printed)));
}
