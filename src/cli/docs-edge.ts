#!/usr/bin/env node
/**
 * The installed command. The command checks the version of Node before it loads anything else, because an older Node
 * would fail with a stack trace.
 */
const LEAST_NODE = 22;

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < LEAST_NODE) {
	process.stderr.write(
		`docs-edge needs Node ${LEAST_NODE} or newer, and this is Node ${process.versions.node}. Install the current LTS of Node.\n`,
	);
	process.exitCode = 2;
} else {
	await import("./main.ts");
}

export {};
