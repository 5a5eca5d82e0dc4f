/**
 * Builds the bundle that is deployed and the package that is installed: the tests run these, not the sources.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildBundle } from "../../../local/build.ts";

const BUILD_PACKAGE = fileURLToPath(new URL("../../../local/build-package.ts", import.meta.url));

/** Vitest calls this once, before all tests of the node project. */
export async function setup(): Promise<void> {
	await Promise.all([buildBundle(), promisify(execFile)(process.execPath, [BUILD_PACKAGE])]);
}
