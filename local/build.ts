/**
 * Builds the bundle that `wrangler deploy` uploads, with wrangler itself, into `dist/`.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WRANGLER = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url));

/** @returns the Worker's single module */
export async function buildBundle(): Promise<string> {
	await run(process.execPath, [WRANGLER, "deploy", "--dry-run", "--outdir", "dist"], {
		cwd: ROOT,
		env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
	});
	return readBundle();
}

export function readBundle(): Promise<string> {
	return readFile(new URL("../dist/worker.js", import.meta.url), "utf8");
}
