/**
 * Builds the bundle that `wrangler deploy` uploads, with wrangler itself.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * The JSON scanner, the limits and the responses of the file cache raised it from 40 KiB to 52, the routes of the server
 * and the advisories to 54, the deny list, the rate limits and links in SHA-256 to 58, the details in the log to 59, the
 * memory of the file cache to 61, the checks of `Upgrade`, of preflights and of a continued socket to 62.
 */
export const BUNDLE_LIMIT_KIB = 62;

const BUNDLE_FOLDER = ".wrangler/bundle";
const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WRANGLER = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url));

/** @returns the source of the Worker, one module */
export async function buildBundle(): Promise<string> {
	await build("--outdir", BUNDLE_FOLDER);
	return readBundle();
}

/** Builds another Worker in the same way. @param entry path from the project's root @param options of wrangler */
export async function buildWorker(entry: string, ...options: readonly string[]): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "edge-build-"));
	await build(entry, "--outdir", folder, ...options);
	const bundle = await readFile(join(folder, basename(entry).replace(/\.ts$/, ".js")), "utf8");
	await rm(folder, { recursive: true });
	return bundle;
}

const build = (...args: string[]) =>
	run(process.execPath, [WRANGLER, "deploy", ...args, "--dry-run"], {
		cwd: ROOT,
		env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
	});

/** Builds the Worker of another commit, with the packages of this one. */
export async function buildCommit(revision: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "edge-commit-"));
	const tree = join(folder, "tree");
	await run("git", ["worktree", "add", "--detach", tree, revision], { cwd: ROOT });
	try {
		await symlink(join(ROOT, "node_modules"), join(tree, "node_modules"));
		await run(process.execPath, [WRANGLER, "deploy", "--outdir", folder, "--dry-run"], { cwd: tree });
		return await readFile(join(folder, "worker.js"), "utf8");
	} finally {
		await run("git", ["worktree", "remove", "--force", tree], { cwd: ROOT });
		await rm(folder, { recursive: true });
	}
}

export function readBundle(): Promise<string> {
	return readFile(new URL(`../${BUNDLE_FOLDER}/worker.js`, import.meta.url), "utf8");
}
