/**
 * Compiles the package into `dist/`: the library for Workers, and the command for Node. An installed package cannot run
 * TypeScript, because Node strips no types inside node_modules.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TSC = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
/** Each project is compiled by itself, because the types of Workers and those of Node contradict each other. */
const PROJECTS = ["tsconfig.json", "src/cli/tsconfig.json"];

if (!existsSync(TSC)) {
	console.error("dist/ was not built, as TypeScript is not installed: run npm ci without --omit=dev");
	process.exit(0);
}
rmSync(`${ROOT}/dist`, { recursive: true, force: true });
for (const project of PROJECTS) {
	const emit = ["--noEmit", "false", "--rewriteRelativeImportExtensions", "--declaration"];
	const folders = ["--rootDir", "src", "--outDir", "dist"];
	execFileSync(process.execPath, [TSC, "-p", project, ...emit, ...folders], { cwd: ROOT, stdio: "inherit" });
}
chmodSync(`${ROOT}/dist/cli/docs-edge.js`, 0o755);
