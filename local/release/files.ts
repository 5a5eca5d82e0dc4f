/**
 * The files of a release: the package, the bundle, the SBOM, the notices of others, and the hashes of all of them.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./checks/bundle.ts";
import { runOrThrow } from "./run-program.ts";

export interface ReleaseFiles {
	/** As in `docs-edge-validator-1.0.0`. */
	readonly product: string;
	readonly bundle: Uint8Array;
	readonly sbom: string;
	readonly notices: string;
}

/**
 * @param folder is emptied first
 * @param clone a clean clone with its packages
 * @returns the names of the files
 */
export async function writeReleaseFiles(
	folder: string,
	clone: string,
	files: ReleaseFiles,
): Promise<string[]> {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const { product, bundle, sbom, notices } = files;
	writeFileSync(join(folder, `${product}-worker.js`), bundle);
	writeFileSync(join(folder, `${product}.cdx.json`), sbom);
	writeFileSync(join(folder, `${product}-THIRD-PARTY-NOTICES.txt`), notices);
	await runOrThrow("npm", ["run", "build"], clone);
	await runOrThrow("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], clone);
	const names = readdirSync(folder).sort();
	writeFileSync(join(folder, "SHA256SUMS"), hashLines(folder, names));
	return [...names, "SHA256SUMS"];
}

/** In the form that `sha256sum --check` reads. */
const hashLines = (folder: string, names: readonly string[]): string =>
	names.map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`).join("");
