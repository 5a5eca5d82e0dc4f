/**
 * The trial with a real Document Server (compose.yaml). Protects against two sides with different secrets, against a server
 * that strangers reach beside the edge, and against secrets in the image. The edge runs here by the same command and in the
 * same environment, in front of a server that records its requests.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../local/edge.ts";
import { parseYaml } from "../../local/yaml.ts";
import { parseDockerEnvironment } from "../../src/cli/import/docker-environment.ts";
import { signLink } from "../../src/cli/sign.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { ORIGIN_STATUS, type RecordingOrigin, startRecordingOrigin } from "./support/recording-origin.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const { documentserver, edge } = Object(parseYaml(read("compose.yaml"))).services;
const SECRETS = { JWT_SECRET: "0123456789abcdef-token", SECURE_LINK_SECRET: "0123456789abcdef-link" };

/** As `docker compose` fills in `${NAME:?text}`: the text is the error for a name that is not set, or empty. */
function filled(environment: Readonly<Record<string, string>>, set: Readonly<Record<string, string>>) {
	const fill = (value: string) =>
		value.replace(/\$\{(\w+):\?([^}]+)\}/g, (_, name: string, text: string) => {
			if (!set[name]) throw new Error(`${name}: ${text}`);
			return set[name];
		});
	return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}

const dockerfile: string = edge.build.dockerfile_inline;
const command: string[] = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? "[]");

describe("the services", () => {
	it("both sides have the same secrets, by the names of the Docker image", () => {
		const server = filled(documentserver.environment, SECRETS);
		const lines = Object.entries(server).map(([name, value]) => `${name}=${value}`);
		expect(parseDockerEnvironment(lines.join("\n")).secrets).toEqual(SECRETS);
		expect(filled(edge.environment, SECRETS)).toMatchObject(SECRETS);
		expect(server.JWT_ENABLED).toBe("true");
	});
	it.each(Object.keys(SECRETS))("without %s neither starts", (name) => {
		for (const { environment } of [documentserver, edge])
			expect(() => filled(environment, { ...SECRETS, [name]: "" })).toThrow(`${name}: set it`);
	});
	it("only the edge has a port, and only on this machine", () => {
		expect(documentserver.ports).toBeUndefined();
		expect(edge.ports).toEqual([`127.0.0.1:${edge.environment.PORT}:${edge.environment.PORT}`]);
		expect(edge.environment.ORIGIN).toBe("http://documentserver");
	});
	it("the images have versions: the Document Server's is the measured one", () => {
		const [, version] = /^\| Document Server \| ([\d.]+) /m.exec(read("README.md")) ?? [];
		expect(documentserver.image).toBe(`onlyoffice/documentserver:${version}`);
		expect(/^FROM (\S+)$/m.exec(dockerfile)?.[1]).toMatch(/^node:24-/);
	});
	it("the image holds no secret of this machine", () => {
		const ignored = read(".dockerignore").split("\n");
		const secret = read(".gitignore")
			.split("\n")
			.filter((line) => line.includes(".dev.vars"));
		expect(ignored).toEqual(expect.arrayContaining([...secret, ".git", "node_modules"]));
	});
});

describe("the edge, by the command and in the environment of its container", () => {
	let origin: RecordingOrigin;
	let started: ChildProcess;
	let url: string;
	let printed = "";
	beforeAll(async () => {
		origin = await startRecordingOrigin();
		const port = String(await freePort());
		const { PATH, HOME } = process.env;
		const environment = { ...filled(edge.environment, SECRETS), PORT: port, ORIGIN: origin.url };
		const [program = "", ...args] = command;
		started = spawn(program, args, { cwd: ROOT, env: { PATH, HOME, ...environment }, detached: true });
		url = `http://127.0.0.1:${port}`;
		const ready = `edge ready on http://0.0.0.0:${port}\n`;
		await new Promise<void>((resolve, reject) => {
			const collect = (chunk: Buffer) => {
				printed += chunk;
				if (printed.includes(ready)) resolve();
			};
			started.stdout?.on("data", collect);
			started.stderr?.on("data", collect);
			started.once("exit", () => reject(new Error(printed)));
		});
	});
	afterAll(async () => {
		// The group: npm starts the edge in a process of its own.
		process.kill(-Number(started.pid), "SIGTERM");
		await once(started, "exit");
		await origin.stop();
	});

	const inAnHour = Math.floor(Date.now() / 1000) + 3600;
	const link = signLink(
		"/cache/files/data/k/o.docx/o.docx",
		inAnHour,
		createKey("k", SECRETS.SECURE_LINK_SECRET),
	);
	const call = async (secret: string) => {
		const body = JSON.stringify({ token: jsonwebtoken.sign({ c: "version" }, secret) });
		return fetch(`${url}/command`, { method: "POST", body });
	};

	it("says which server is behind it, and has no problem", async () => {
		await expect.poll(() => printed).toContain("a signed link:");
		expect(printed).toContain(`origin: ${origin.url}\n`);
		expect(printed).not.toMatch(/^(?:problem|warning):/m);
	});
	it("forwards a signed link and a good call", async () => {
		expect((await fetch(url + link)).status).toBe(ORIGIN_STATUS);
		expect((await call(SECRETS.JWT_SECRET)).status).toBe(ORIGIN_STATUS);
		expect(origin.take().map(({ target }) => target.split("?")[0])).toEqual([link.split("?")[0], "/command"]);
	});
	it("refuses an unsigned link, a wrong call, and what nobody needs from outside", async () => {
		const unsigned = await fetch(url + link.split("?")[0]);
		expect([unsigned.status, unsigned.headers.get("X-Edge-Reason")]).toEqual([403, "link_unsigned"]);
		expect(await (await call("another secret")).json()).toEqual({ error: 6 });
		expect((await fetch(`${url}/welcome/`)).status).toBe(403);
		expect(origin.take()).toEqual([]);
	});
});
