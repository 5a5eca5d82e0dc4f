/**
 * `docs-edge import` on the file layouts of real Document Servers. Protects against a secret that is read from the
 * wrong place, and against a secret in any output but that of `--format`.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const FILES = new URL("files/", import.meta.url);
const file = (name: string) => fileURLToPath(new URL(name, FILES));
const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

function run(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(
		"node",
		["--disable-warning=ExperimentalWarning", MAIN, ...args],
		{ encoding: "utf8" },
	);
	return { status, stdout, stderr };
}
const importing = (localJson?: string, dsConf?: string, ...more: string[]) =>
	run(
		"import",
		...(localJson ? ["--local-json", file(localJson)] : []),
		...(dsConf ? ["--ds-conf", file(dsConf)] : []),
		...more,
	);
const SAME = "ok   the link secrets of local.json and ds.conf are the same\n";
const MEND =
	"     → on the server: documentserver-update-securelink.sh (Docker: restart the container), which writes one new secret into both\n";

const missing = (names: string) =>
	`note not in the file: ${names}\n     → look into the server's other files (default.json, production-linux.json), and set these by hand\n`;

describe("findings", () => {
	it.each([
		[
			"a package install",
			"package-local.json",
			"package-ds.conf",
			0,
			`found: JWT_SECRET_INBOX, JWT_SECRET_OUTBOX, JWT_SECRET_SESSION, SECURE_LINK_SECRET, JWT_ENABLED_BROWSER, JWT_ENABLED_INBOX, JWT_ENABLED_OUTBOX, JWT_HEADER\n${SAME}`,
		],
		[
			"Docker",
			"docker-local.json",
			"package-ds.conf",
			0,
			`found: JWT_SECRET_INBOX, JWT_SECRET_OUTBOX, JWT_SECRET_SESSION, JWT_SECRET_BROWSER, SECURE_LINK_SECRET, JWT_ENABLED_BROWSER, JWT_ENABLED_INBOX, JWT_ENABLED_OUTBOX, JWT_HEADER\n${SAME}`,
		],
		[
			"Windows, without storage",
			"windows-local.json",
			undefined,
			0,
			`found: JWT_SECRET_INBOX, TOKEN_REQUIRED_PARAMS\n${missing("JWT_SECRET_OUTBOX, JWT_SECRET_SESSION, SECURE_LINK_SECRET")}`,
		],
		[
			"no storage, and a secret in ds.conf",
			"windows-local.json",
			"package-ds.conf",
			1,
			`found: JWT_SECRET_INBOX, SECURE_LINK_SECRET, TOKEN_REQUIRED_PARAMS\nFAIL local.json has no storage.fs.secretString: links are signed with the default\n${MEND}${missing("JWT_SECRET_OUTBOX, JWT_SECRET_SESSION, SECURE_LINK_SECRET")}`,
		],
		[
			"no secret in ds.conf",
			"docker-local.json",
			"no-secret-ds.conf",
			1,
			`found: JWT_SECRET_INBOX, JWT_SECRET_OUTBOX, JWT_SECRET_SESSION, JWT_SECRET_BROWSER, SECURE_LINK_SECRET, JWT_ENABLED_BROWSER, JWT_ENABLED_INBOX, JWT_ENABLED_OUTBOX, JWT_HEADER\nFAIL ds.conf does not set $secure_link_secret: nginx refuses every link\n${MEND}`,
		],
		[
			"several servers, one of which differs",
			"package-local.json",
			"ssl-ds.conf",
			1,
			`found: JWT_SECRET_INBOX, JWT_SECRET_OUTBOX, JWT_SECRET_SESSION, SECURE_LINK_SECRET, JWT_ENABLED_BROWSER, JWT_ENABLED_INBOX, JWT_ENABLED_OUTBOX, JWT_HEADER\nFAIL the link secrets differ in 1 of 2 servers: DocService signs links with storage.fs.secretString of local.json, nginx checks them with $secure_link_secret of ds.conf; every link answers 403\n${MEND}`,
		],
		[
			"ds.conf alone",
			undefined,
			"package-ds.conf",
			0,
			"found: SECURE_LINK_SECRET\nnote nginx's link secret was not compared with the server's: give --local-json too\n",
		],
	])("%s", (_, localJson, dsConf, status, stdout) => {
		expect(importing(localJson, dsConf)).toEqual({ status, stdout, stderr: "" });
	});
	it("as JSON, without a secret", () => {
		const { stdout } = importing("package-local.json", "ssl-ds.conf", "--json");
		expect(JSON.parse(stdout).findings).toMatchObject([{ mark: "bad" }]);
		expect(stdout).not.toMatch(/-secret-of-the-package|link-secret-/);
	});
});

describe("the environment of the Docker image", () => {
	const LINES =
		"JWT_ENABLED=true\nJWT_SECRET=canary: the secret\nJWT_HEADER=AuthorizationJwt\nDS_LOG_LEVEL=WARN\n";
	const INSPECT = JSON.stringify([
		{ Config: { Env: LINES.trim().split("\n").concat("SECURE_LINK_SECRET=canary=link") } },
	]);
	const reading = (input: string, ...more: string[]) =>
		spawnSync(
			"node",
			["--disable-warning=ExperimentalWarning", MAIN, "import", "--docker-env", "-", ...more],
			{
				encoding: "utf8",
				input,
			},
		);
	it("as lines, from standard input", () => {
		expect(reading(LINES).stdout).toBe(
			`found: JWT_SECRET, JWT_ENABLED, JWT_HEADER\n${missing("SECURE_LINK_SECRET")}`,
		);
	});
	it("as docker inspect prints it", () => {
		const { stdout } = reading(INSPECT, "--format", "secrets");
		expect(JSON.parse(stdout)).toEqual({
			JWT_SECRET: "canary: the secret",
			SECURE_LINK_SECRET: "canary=link",
		});
		expect(reading(INSPECT).stdout).toContain("was not compared with nginx's: give --ds-conf too");
	});
	it("without any of the image's parameters", () => {
		expect(reading("PATH=/bin\n").stderr).toContain("has none of JWT_SECRET, SECURE_LINK_SECRET");
	});
});

it("settings of tokens that have no effect are named", () => {
	const folder = mkdtempSync(join(tmpdir(), "edge-import-"));
	const path = join(folder, "local.json");
	const token = {
		inbox: { inBody: true },
		outbox: { header: "X", expires: "5m" },
		session: { expires: "1d" },
	};
	writeFileSync(path, JSON.stringify({ services: { CoAuthoring: { token } } }));
	const { stdout } = run("import", "--local-json", path);
	expect(stdout.match(/token\.\S+(?=:)/g)).toEqual([
		"token.inbox.inBody",
		"token.outbox.header",
		"token.session.expires",
	]);
	expect(stdout).toContain("the server ignores it since 7.1");
	rmSync(folder, { recursive: true });
});

it("a closed pipe is no stack trace", () => {
	const command = `"${process.execPath}" --disable-warning=ExperimentalWarning "${MAIN}" --help | true`;
	const { stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
	expect(stderr).toBe("");
});

describe("bindings by --format", () => {
	it("for wrangler secret bulk, with nginx's link secret", () => {
		const { stdout, stderr } = importing("package-local.json", "ssl-ds.conf", "--format", "secrets");
		expect(JSON.parse(stdout)).toEqual({
			JWT_SECRET_INBOX: "inbox-secret-of-the-package",
			JWT_SECRET_OUTBOX: "outbox-secret-of-the-package",
			JWT_SECRET_SESSION: "session-secret-of-the-package",
			SECURE_LINK_SECRET: 'link-secret-"two"',
		});
		expect(stderr).toContain("differ");
		expect(stderr).toContain("not in --format secrets: JWT_ENABLED_BROWSER,");
	});
	it("as .dev.vars", () => {
		expect(importing("windows-local.json", undefined, "--format", "dev-vars").stdout).toBe(
			'JWT_SECRET_INBOX="windows-secret"\nTOKEN_REQUIRED_PARAMS="false"\n',
		);
	});
	it("as [vars], without secrets", () => {
		expect(importing("docker-local.json", undefined, "--format", "vars").stdout).toBe(
			'[vars]\nJWT_ENABLED_BROWSER = "true"\nJWT_ENABLED_INBOX = "true"\nJWT_ENABLED_OUTBOX = "true"\nJWT_HEADER = "AuthorizationJwt"\n',
		);
	});
	it("prints no other part of the file", () => {
		for (const format of ["secrets", "dev-vars", "vars"]) {
			const { stdout, stderr } = importing("package-local.json", "package-ds.conf", "--format", format);
			expect(stdout + stderr).not.toContain("canary");
		}
	});
});

describe("wrong usage exits with 2 and a message", () => {
	it.each([
		[["import"], /give --local-json/],
		[
			["import", "--local-json", file("package-ds.conf")],
			/names an nginx configuration: give it as --ds-conf/,
		],
		[
			["import", "--ds-conf", file("package-local.json")],
			/names the server's local\.json: give it as --local-json/,
		],
		[["import", "--local-json", "-", "--ds-conf", "-"], /only one file/],
		[["import", "--docker-env", file("windows-local.json")], /no output of docker inspect/],
		[["import", "--local-json", "/no/such/file"], /ENOENT/],
		[["import", "--local-json", MAIN], /local\.json is no JSON \(line \d/],
		[["sign", "token", "{not json"], /no JSON object/],
		[["sign", "link", "/x", "--expires-in", "soon"], /not a duration like 600, 15m, 1h or 7d/],
		[["explain", "what?"], /Paste a URL, a curl line/],
		[["no-such-command"], /unknown command/],
	])("%j", (args, message) => {
		const { status, stderr } = run(...args);
		expect(status).toBe(2);
		expect(stderr).toMatch(message);
		expect(stderr).not.toMatch(/link-secret|not json/);
	});
});

describe("--server", () => {
	const SECRET = "canary: the inbox secret of this server";
	let server: Server;
	let url: string;
	beforeAll(async () => {
		server = createServer(async (request, response) => {
			let body = "";
			for await (const chunk of request) body += chunk;
			try {
				jsonwebtoken.verify((JSON.parse(body) as { token: string }).token, SECRET);
				response.end('{"error":0,"version":"9.3.1.8"}');
			} catch {
				response.end('{"error":6}');
			}
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => server.close());

	/** The server answers in this process, so the tool must not block it. */
	const importFrom = (secret: string) =>
		new Promise<{ code: number; output: string }>((resolve) => {
			const folder = mkdtempSync(join(tmpdir(), "edge-import-"));
			const localJson = join(folder, "local.json");
			const services = { CoAuthoring: { secret: { inbox: { string: secret } } } };
			writeFileSync(localJson, JSON.stringify({ services }));
			const args = [MAIN, "import", "--local-json", localJson, "--server", url, "--format", "vars"];
			execFile("node", args, (error, stdout, stderr) => {
				rmSync(folder, { recursive: true });
				resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
			});
		});

	it("finds DS_VERSION", async () => {
		expect((await importFrom(SECRET)).output).toContain('DS_VERSION = "9.3.1.8"');
	});
	it("says so if the server does not tell it", async () => {
		const { code, output } = await importFrom("another secret");
		expect([code, output]).toEqual([2, expect.stringContaining("does not tell its version")]);
		expect(output).not.toMatch(/canary|another secret|eyJ/);
	});
});
