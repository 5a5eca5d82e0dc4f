/**
 * Where `docs-edge deny` reads and writes the list: the KV namespace `DENY_LIST`, through wrangler, or a file.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { DENY_LIST_KEY } from "../../config/deny/deny-lists.ts";
import { parseJson } from "../../encoding/json.ts";

export interface ListStore {
	/** @returns the JSON; `undefined` if there is no list yet. @throws if that cannot be found out */
	readonly read: () => Promise<string | undefined>;
	readonly write: (text: string) => Promise<void>;
}

export const fileStore = (path: string): ListStore => ({
	read: async () => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
	write: async (text) => writeFileSync(path, text),
});

export interface NamespaceOptions {
	/** The local namespace of `wrangler dev`, not the deployed one. */
	readonly local?: boolean | undefined;
	/** Environment in wrangler's configuration. */
	readonly env?: string | undefined;
}

const BINDING = "DENY_LIST";
const run = promisify(execFile);

export function namespaceStore({ local = false, env }: NamespaceOptions): ListStore {
	const where = ["--binding", BINDING, local ? "--local" : "--remote", ...(env ? ["--env", env] : [])];
	const program = findWrangler();
	const wrangler = async (...args: string[]): Promise<string> => {
		const { stdout } = await run(process.execPath, [program, "kv", "key", ...args, ...where], {
			env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
		});
		return stdout;
	};
	return {
		read: async () => {
			const text = await wrangler("get", DENY_LIST_KEY, "--text").catch(() => "");
			if (parseJson(text) !== undefined) return text;
			// A list that only could not be read must not be taken for a missing one: the next edit would replace it.
			const names = parseJson(await wrangler("list").catch(failed));
			if (!Array.isArray(names)) throw new Error(`wrangler did not list the keys of ${BINDING}`);
			if (!names.some(({ name }) => name === DENY_LIST_KEY)) return undefined;
			if (text.trim() === "")
				throw new Error(`${BINDING} has a list, and wrangler could not read it: try again`);
			return text;
		},
		write: async (text) => {
			const folder = mkdtempSync(join(tmpdir(), "docs-edge-"));
			try {
				const path = join(folder, "deny.json");
				writeFileSync(path, text);
				await wrangler("put", DENY_LIST_KEY, "--path", path).catch(failed);
			} finally {
				rmSync(folder, { recursive: true });
			}
		},
	};
}

/** The wrangler of the project in this folder, else the one beside this tool. */
function findWrangler(): string {
	for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
		try {
			return join(dirname(createRequire(from).resolve("wrangler/package.json")), "bin/wrangler.js");
		} catch {
			// The next place.
		}
	}
	throw new Error("wrangler is not installed here: npm install wrangler, or edit a file with --file");
}

/** @throws wrangler's own words, without its colours and its path of a log */
function failed(error: unknown): never {
	const { stderr = "", message = "" } = error as { stderr?: string; message?: string };
	const line = /\[ERROR\] *([^\n]+)/.exec(stripColours(stderr))?.[1] ?? message.split("\n")[0];
	throw new Error(
		`wrangler could not reach ${BINDING}: ${line} (is it under [[kv_namespaces]] of wrangler.toml, and are you logged in?)`,
	);
}

const stripColours = (text: string): string =>
	text.replace(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g"), "");
