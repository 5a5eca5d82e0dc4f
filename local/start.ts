/**
 * `npm start`: runs the edge on this machine, in front of ORIGIN or of an embedded demo Document Server.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { localBindings } from "../src/cli/local-bindings.ts";
import { type LocalHosts, readLocalHosts } from "../src/cli/local-host.ts";
import { signLink } from "../src/cli/sign.ts";
import type { Host } from "../src/config/host.ts";
import { createKey, type Key } from "../src/config/secrets/key-ring.ts";
import { buildBundle } from "./build.ts";
import { type EdgeOptions, freePort, startEdge } from "./edge.ts";
import { commandLine, EXAMPLE_FILE, EXAMPLE_HOSTS } from "./example-requests.ts";
import { startInspector } from "./inspector.ts";
import { logFormat, readableLine } from "./log-line.ts";
import { localDenyList, localRateLimits } from "./platform-bindings.ts";

const DEMO_SECRETS = {
	JWT_SECRET: "demo-token-secret-for-this-machine-only",
	SECURE_LINK_SECRET: "demo-link-secret-for-this-machine-only",
};
/** A run on this machine is not public, whatever wrangler.toml says: its secrets may be samples. */
const EXPOSURE = process.env.EXPOSURE || "server";
const EXAMPLE_LIFETIME_SECONDS = 3600;

const nowSeconds = () => Math.floor(Date.now() / 1000);

async function demoDocumentServer(): Promise<NonNullable<EdgeOptions["documentServer"]>> {
	const source = readFileSync(new URL("demo-document-server.ts", import.meta.url), "utf8");
	const docx = readFileSync(new URL("demo.docx", import.meta.url));
	return {
		port: await freePort(),
		modules: {
			"index.js": { type: "esm", contents: stripTypeScriptTypes(source) },
			"demo.docx": { type: "data", contents: new Uint8Array(docx) },
		},
	};
}

/** Example commands for the edge's hosts. */
async function examples(site: string, hosts: LocalHosts): Promise<string[]> {
	const names = hosts.names.filter((name) => !name.startsWith("*")).slice(0, EXAMPLE_HOSTS);
	if (names.length === 0) return examplesOf(await hosts.find("localhost"), site, "");
	const lines = names.map(async (name) => {
		const ofHost = await examplesOf(await hosts.find(name), site, ` -H 'Host: ${name}'`);
		return [`${name}:`, ...ofHost];
	});
	return (await Promise.all(lines)).flat();
}

/** Example commands, signed with the keys in use and good for an hour. */
async function examplesOf(host: Host | undefined, site: string, hostHeader: string): Promise<string[]> {
	if (host === undefined) return [];
	const { keys, tokenHeader, origin } = host;
	const publicUrl = site + (origin?.forwardedPrefix ?? "");
	const link = keys.link.keys[0];
	const inbox = keys.inbox.keys[0];
	const expires = nowSeconds() + EXAMPLE_LIFETIME_SECONDS;
	const lines: string[] = [];
	if (link) {
		const signed = signLink(EXAMPLE_FILE, expires, link, "output.docx");
		lines.push("a signed link:", `  curl -i${hostHeader} '${publicUrl}${signed}'`);
	}
	if (inbox) {
		const curl = async (key: Key) =>
			`  ${await commandLine(publicUrl, tokenHeader, key, expires, ` -i${hostHeader}`)}`;
		lines.push("a command with a good token:", await curl(inbox));
		lines.push("the same with a bad one:", await curl(createKey("bad", randomUUID())));
	}
	return lines;
}

/** The problems and warnings of every host, each once. */
async function complaints(hosts: LocalHosts): Promise<string[]> {
	const names = hosts.names.length === 0 ? ["localhost"] : hosts.names;
	const lines: string[] = [];
	for (const name of names) {
		const { problems = [], warnings = [], deny } = (await hosts.find(name.replace("*", "any"))) ?? {};
		for (const { binding, problem } of [...problems, ...(deny?.problems ?? [])])
			lines.push(`problem: ${binding} ${problem}`);
		for (const { binding, warning } of warnings) lines.push(`warning: ${binding} ${warning}`);
	}
	return [...new Set(lines)];
}

async function main(): Promise<void> {
	const bindings = localBindings(process.env);
	const host = process.env.HOST || "127.0.0.1";
	const port = portOf("PORT", 8787);
	const inspectorPort = portOf("INSPECTOR_PORT", 0);
	const format = logFormat(process.env, process.stdout.isTTY);
	const demo = bindings.ORIGIN || bindings.ORIGINS ? undefined : await demoDocumentServer();
	const inUse: Record<string, string> = demo
		? { ...DEMO_SECRETS, ...bindings, EXPOSURE, ORIGIN: `http://127.0.0.1:${demo.port}` }
		: { ...bindings, EXPOSURE };

	const rateLimits = localRateLimits(process.env);
	const denyList = localDenyList(process.env);
	const hosts = readLocalHosts(inUse);
	const bundle = await buildBundle();
	const inspector = await startInspector(hosts, inspectorPort).catch((error: { code?: string }) => {
		throw error.code === "EADDRINUSE" ? new Error(inUseText("INSPECTOR_PORT", inspectorPort)) : error;
	});
	const edge = await startEdge({
		onLog: (line) => {
			console.log(format === "text" ? readable(line) : line);
			inspector.tell(line);
		},
		onRequest: inspector.keep,
		bundle,
		bindings: inUse,
		rateLimits,
		...(denyList && { denyList: denyList.text }),
		host,
		port,
		...(demo && { documentServer: demo }),
	}).catch((error: { code?: string }) => {
		throw error.code === "ERR_ADDRESS_IN_USE" ? new Error(inUseText("PORT", port)) : error;
	});
	denyList?.onChange((text) => void edge.putDenyList(text));
	stopOnSignal(edge, inspector);
	const edgeUrl = `http://${host.includes(":") ? `[${host}]` : host}:${edge.url.port || 80}`;
	console.log(`edge ready on ${edgeUrl}`);
	console.log(
		demo ? "origin: embedded demo Document Server, demo secrets" : `origin: ${inUse.ORIGIN || inUse.ORIGINS}`,
	);
	console.log(`inspector: ${inspector.url}`);
	for (const line of await complaints(hosts)) console.log(line);
	for (const line of await examples(edgeUrl, hosts)) console.log(line);
}

function portOf(name: "PORT" | "INSPECTOR_PORT", fallback: number): number {
	const port = Number(process.env[name] || fallback);
	if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`${name} is not a port number`);
	return port;
}

/** `hasColors` also reads NO_COLOR. */
const readable = (line: string) =>
	readableLine(line, process.stdout.isTTY === true && process.stdout.hasColors());

const inUseText = (name: string, port: number) => `the port ${port} is in use; set ${name} to another`;

/** Replaces Miniflare's own handlers, which end the process as if it had failed. */
function stopOnSignal(...running: readonly { readonly stop: () => Promise<void> }[]): void {
	for (const signal of ["SIGINT", "SIGTERM"]) {
		process.removeAllListeners(signal);
		process.once(
			signal,
			() => void Promise.all(running.map(({ stop }) => stop())).then(() => process.exit(0)),
		);
	}
}

main().catch((error: unknown) => {
	console.error(`edge not started: ${error instanceof Error ? error.message : String(error)}`);
	process.exit(1);
});
