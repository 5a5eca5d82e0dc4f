/**
 * Builds the bundle in two clean clones of the commit, at paths of different length and in different time zones.
 *
 * The packages are installed once, by `npm ci`: the lock file has the hash of each, so a second installation would have
 * the same bytes. They move from the first clone to the second.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CleanBundles } from "./checks/bundle.ts";
import { isWithoutNetwork, npmError } from "./npm-answer.ts";
import { runOrThrow, runProgram } from "./run-program.ts";

export interface CleanClones extends CleanBundles {
	/** Remove this folder in the end. */
	readonly temporary: string;
	/** The second clone, with the packages. */
	readonly folder: string;
	/** What esbuild put into the bundle. */
	readonly metafile: unknown;
}

const INSTALL = [
	"ci",
	"--json",
	"--ignore-scripts",
	"--no-audit",
	"--no-fund",
	"--prefer-offline",
	"--fetch-retries=1",
];

/**
 * @param root the repository
 * @param name folder of each clone: npm writes it into the SBOM
 * @throws if the packages cannot be installed, or the bundle cannot be built
 */
export async function buildInCleanClones(root: string, name: string): Promise<CleanClones> {
	const commit = (await runOrThrow("git", ["rev-parse", "HEAD"], root)).trim();
	const isDirty = (await runOrThrow("git", ["status", "--porcelain"], root)) !== "";
	const temporary = await mkdtemp(join(tmpdir(), "edge-release-"));
	try {
		return { commit, isDirty, temporary, ...(await buildTwice(root, name, commit, temporary)) };
	} catch (error) {
		await rm(temporary, { recursive: true });
		throw error;
	}
}

async function buildTwice(
	root: string,
	name: string,
	commit: string,
	temporary: string,
): Promise<Pick<CleanClones, "bundles" | "notFromLock" | "folder" | "metafile">> {
	const clone = async (parent: string) => {
		const folder = join(temporary, parent, name);
		await mkdir(join(temporary, parent), { recursive: true });
		await runOrThrow("git", ["clone", "--quiet", root, folder], temporary);
		await runOrThrow("git", ["checkout", "--quiet", "--detach", commit], folder);
		return folder;
	};
	const first = await clone("a");
	const second = await clone("another/clone/with/a/longer/path");
	const notFromLock = await install(first, root);
	const one = await build(first, "UTC");
	await rename(join(first, "node_modules"), join(second, "node_modules"));
	const other = await build(second, "Pacific/Auckland");
	return {
		bundles: [one.bundle, other.bundle],
		notFromLock,
		folder: second,
		metafile: other.metafile,
	};
}

/** @returns why the packages are not those of the lock file */
async function install(folder: string, root: string): Promise<string | undefined> {
	const ran = await runProgram("npm", INSTALL, folder);
	if (ran.code === 0) return undefined;
	const error = npmError(ran);
	const ours = join(root, "node_modules");
	if (!isWithoutNetwork(error) || !existsSync(ours))
		throw new Error(`npm ci failed: ${error.code} ${error.text}`);
	await symlink(ours, join(folder, "node_modules"));
	return `${error.code}: the registry does not answer`;
}

async function build(folder: string, timeZone: string): Promise<{ bundle: Buffer; metafile: unknown }> {
	const out = join(folder, ".wrangler/release");
	const metafile = join(out, "metafile.json");
	const wrangler = join(folder, "node_modules/wrangler/bin/wrangler.js");
	const args = [wrangler, "deploy", "--dry-run", "--outdir", out, "--metafile", metafile];
	await runOrThrow(process.execPath, args, folder, { TZ: timeZone });
	return {
		bundle: await readFile(join(out, "worker.js")),
		metafile: JSON.parse(await readFile(metafile, "utf8")),
	};
}
