/**
 * Runs one of this project's programs: `node local/run.mjs local/start.ts`. Without a program it only checks Node.
 *
 * An old Node cannot load TypeScript, and would only say `Unknown file extension ".ts"`. On Linux, `npm ci` also
 * installs a Node, and npm puts that Node first into the path.
 */
import { pathToFileURL } from "node:url";

const LEAST_NODE = [22, 18];

const [major, minor] = process.versions.node.split(".").map(Number);
const [leastMajor, leastMinor] = LEAST_NODE;
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
	console.error(
		`This project needs Node ${LEAST_NODE.join(".")} or newer, and this is Node ${process.versions.node}. Install Node 24 (LTS), or run npm ci without --omit=optional.`,
	);
	process.exit(1);
}

// Node warns of each experimental feature that it uses to read TypeScript.
process.removeAllListeners("warning");
process.on("warning", (warning) => {
	if (warning.name !== "ExperimentalWarning") console.warn(String(warning));
});

const [program] = process.argv.splice(2, 1);
if (program !== undefined) {
	process.argv[1] = program;
	await import(pathToFileURL(program).href);
}
