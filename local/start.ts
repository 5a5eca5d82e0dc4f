/**
 * `npm start`: runs the edge on this machine, in front of ORIGIN or of an embedded demo Document Server.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { localBindings } from "../src/cli/local-bindings.ts";
import { readLocalHost } from "../src/cli/local-host.ts";
import { signLink, signToken } from "../src/cli/sign.ts";
import { createKey, type Key } from "../src/config/secrets/key-ring.ts";
import { buildBundle } from "./build.ts";
import { type EdgeOptions, freePort, startEdge } from "./edge.ts";
import { startInspector } from "./inspector.ts";
import { localDenyList, localRateLimits } from "./platform-bindings.ts";

const DEMO_SECRETS = {
	JWT_SECRET: "demo-token-secret-for-this-machine-only",
	SECURE_LINK_SECRET: "demo-link-secret-for-this-machine-only",
};
/** A run on this machine is not public, whatever wrangler.toml says: its secrets may be samples. */
const EXPOSURE = process.env.EXPOSURE || "server";
const EXAMPLE_LIFETIME_SECONDS = 3600;
const EXAMPLE_FILE = "/cache/files/data/demo/output.docx/output.docx";

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

/** Example commands, signed with the keys in use and good for an hour. */
async function examples(site: string, bindings: Readonly<Record<string, string>>): Promise<string[]> {
	const { keys, tokenHeader, origin } = await readLocalHost(bindings, nowSeconds());
	const publicUrl = site + (origin?.forwardedPrefix ?? "");
	const link = keys.link.keys[0];
	const inbox = keys.inbox.keys[0];
	const expires = nowSeconds() + EXAMPLE_LIFETIME_SECONDS;
	const lines: string[] = [];
	if (link) {
		const signed = signLink(EXAMPLE_FILE, expires, link, "output.docx");
		lines.push("a signed link:", `  curl -i '${publicUrl}${signed}'`);
	}
	if (inbox) {
		const sign = (key: Key) =>
			signToken({ c: "version" }, key, { algorithm: "HS256", wrapped: true, expiresSeconds: expires });
		const curl = (token: string) =>
			`  curl -i -X POST '${publicUrl}/command' -H 'Content-Type: application/json' -H '${tokenHeader.name}: ${tokenHeader.prefix}${token}' -d '{"c":"version"}'`;
		lines.push("a command with a good token:", curl(await sign(inbox)));
		lines.push("the same with a bad one:", curl(await sign(createKey("bad", randomUUID()))));
	}
	return lines;
}

async function main(): Promise<void> {
	const bindings = await localBindings(process.env);
	const host = process.env.HOST || "127.0.0.1";
	const port = Number(process.env.PORT || 8787);
	if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error("PORT is not a port number");
	const demo = bindings.ORIGIN ? undefined : await demoDocumentServer();
	const inUse: Record<string, string> = demo
		? { ...DEMO_SECRETS, ...bindings, EXPOSURE, ORIGIN: `http://127.0.0.1:${demo.port}` }
		: { ...bindings, EXPOSURE };

	const rateLimits = localRateLimits(process.env);
	const denyList = localDenyList(process.env);
	const bundle = await buildBundle();
	const local = await readLocalHost(inUse, nowSeconds());
	const inspector = await startInspector(local, Number(process.env.INSPECTOR_PORT || 0));
	const edge = await startEdge({
		onLog: (line) => {
			console.log(line);
			inspector.tell(line);
		},
		bundle,
		bindings: inUse,
		rateLimits,
		...(denyList && { denyList: denyList.text }),
		host,
		port,
		...(demo && { documentServer: demo }),
	});
	denyList?.onChange((text) => void edge.putDenyList(text));
	stopOnSignal(edge, inspector);
	const edgeUrl = `http://${host.includes(":") ? `[${host}]` : host}:${edge.url.port || 80}`;
	console.log(`edge ready on ${edgeUrl}`);
	console.log(demo ? "origin: embedded demo Document Server, demo secrets" : `origin: ${bindings.ORIGIN}`);
	console.log(`inspector: ${inspector.url}`);
	const { problems, warnings, deny } = local;
	for (const { binding, problem } of [...problems, ...deny.problems])
		console.log(`problem: ${binding} ${problem}`);
	for (const { binding, warning } of warnings) console.log(`warning: ${binding} ${warning}`);
	for (const line of await examples(edgeUrl, inUse)) console.log(line);
}

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
	const { code, message } = error as { code?: string; message?: string };
	const inUse = code === "ERR_ADDRESS_IN_USE";
	console.error(`edge not started: ${inUse ? "the port is in use; set PORT to another" : message}`);
	process.exit(1);
});
