/** Builds what the tests run: the very bundle that deploys, and the package that installs. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildBundle } from "../../../local/build.ts";

const BUILD_PACKAGE = fileURLToPath(new URL("../../../local/build-package.ts", import.meta.url));

/** Vitest's global setup. */
export async function setup(): Promise<void> {
	await Promise.all([buildBundle(), promisify(execFile)(process.execPath, [BUILD_PACKAGE])]);
}
