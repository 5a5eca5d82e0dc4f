/**
 * The documents. Protects a reader against dead links and anchors, outdated tables, and commands that do not run.
 */
import { execFile } from "node:child_process";
import {
	chmodSync,
	copyFileSync,
	existsSync,
	globSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { documentsWithTables } from "../../local/reference-tables.ts";
import { BINDINGS } from "../../src/config/binding-meanings.ts";
import { type RecordingOrigin, startRecordingOrigin } from "./support/recording-origin.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGES = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "AGENTS.md"].concat(
	globSync("docs/*.md", { cwd: ROOT }),
);
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const withoutCode = (text: string) => text.replace(/^ *```.*?^ *```/gms, "").replace(/`[^`\n]*`/g, "");

/** Makes anchors as the hosting site does: lower case, hyphens for spaces, no punctuation. */
const anchorsOf = (path: string) =>
	[
		...read(path)
			.replace(/^ *```.*?^ *```/gms, "")
			.matchAll(/^#+ (.*)$/gm),
	].map(([, title = ""]) =>
		title
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, "")
			.replaceAll(" ", "-"),
	);

const links = PAGES.flatMap((page) =>
	[...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, target = ""]) => [page, target] as const)
		.filter(([, target]) => !/^[a-z]+:/.test(target)),
);

it.each(links)("%s leads to %s", (page, target) => {
	const [path = "", anchor] = target.split("#");
	const file = path === "" ? page : normalize(join(dirname(page), path));
	expect(existsSync(join(ROOT, file))).toBe(true);
	if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
});

it.each([...documentsWithTables()])("%s has the tables of the code (npm run docs)", (path, text) => {
	expect(read(path)).toBe(text);
});

it("every page is linked from the README", () => {
	const readme = read("README.md");
	for (const page of globSync("docs/*.md", { cwd: ROOT })) expect(readme).toContain(`(${page}`);
});

it("the README has at most 150 lines, the map for newcomers at most 40", () => {
	expect(read("README.md").split("\n").length).toBeLessThanOrEqual(151);
	expect(read("AGENTS.md").split("\n").length).toBeLessThanOrEqual(41);
});

describe("names of bindings", () => {
	const NAME = /\b(?:ORIGIN|JWT|WOPI|MAX|CACHE|SOCKET|TOKEN|SECURE|STATUS|LIMIT|DENY)_[A-Z_]+[A-Z]\b/g;
	const FILES = ["wrangler.toml", ".dev.vars.example", "package.json", ...PAGES];
	/** A text may hold only the beginning of a name, as in `ORIGIN_JWT_SECRET_…`. */
	const isKnown = (name: string) => Object.keys(BINDINGS).some((known) => known.startsWith(name));
	it.each(FILES)("%s names only existing bindings", (file) => {
		const names = (read(file).match(NAME) ?? []).map((name) => name.replace(/^(?:ACME|ORG)_/, ""));
		expect(names.filter((name) => !isKnown(name))).toEqual([]);
	});
});

/** These commands need an account, a registry or an operator's server, never end, or would run these tests again. */
const CANNOT_RUN =
	/^npm (?:ci|install|run)|npm start$|^apt-get|api\.cloudflare\.com|--discovery|--server|secret bulk$/;

interface Shell {
	readonly edge: Edge;
	readonly origin: RecordingOrigin;
	readonly folder: string;
}

const SECRETS = {
	JWT_SECRET: JSON.stringify({ "2026-11": "canary: the token secret here" }),
	SECURE_LINK_SECRET: "canary: the link secret here",
	STATUS_SECRET: "canary: the secret of the status",
	SECURE_LINK_SHA256: "canary: the secret of own links",
};

/** Replaces npx: it runs the package's own command, and wrangler without an account. */
const NPX = `#!/bin/sh
tool=$1; shift
case "$*" in *"--env staging"*) cp staging.toml wrangler.toml ;; *) cp production.toml wrangler.toml ;; esac
case "$tool $1" in
	"docs-edge deny" | "docs-edge stop") cp with-deny-list.toml wrangler.toml; exec "${process.execPath}" "${ROOT}/dist/cli/docs-edge.js" "$@" --local ;;
	docs-edge*) exec "${process.execPath}" "${ROOT}/dist/cli/docs-edge.js" "$@" ;;
	"wrangler deploy") exec "${process.execPath}" "${ROOT}/node_modules/wrangler/bin/wrangler.js" "$@" --dry-run ;;
	wrangler*) exec "${process.execPath}" "${ROOT}/node_modules/wrangler/bin/wrangler.js" "$@" --help ;;
esac
exit 3
`;

/** The environment in wrangler.toml is commented out by these signs. */
const STAGING = /^# (?=\[env\.staging|routes = \[\]|ORIGIN = "https:\/\/ds-staging|EXPOSURE)/gm;

/** The documents ask the operator to put this in. */
const NAMESPACE = "# [[kv_namespaces]]\n# binding";

describe("commands of the documents", () => {
	let shell: Shell;
	beforeAll(async () => {
		const origin = await startRecordingOrigin();
		const bindings = { ...SECRETS, ORIGIN: origin.url, MODE: "shadow" };
		const edge = await startEdge({ bundle: await readBundle(), bindings, onLog: () => undefined });
		const folder = mkdtempSync(join(tmpdir(), "edge-docs-"));
		const files = join(ROOT, "test/node/cli/files");
		copyFileSync(join(files, "package-local.json"), join(folder, "local.json"));
		copyFileSync(join(files, "package-ds.conf"), join(folder, "ds.conf"));
		writeFileSync(
			join(folder, "captured-request.txt"),
			"GET /web-apps/a HTTP/1.1\nHost: docs.example.com\n\n",
		);
		const main = join(ROOT, "src/worker.ts");
		const production = read("wrangler.toml").replace('"src/worker.ts"', JSON.stringify(main));
		const withDenyList = production.replace(NAMESPACE, "[[kv_namespaces]]\nbinding");
		const staging = production.replace(STAGING, "");
		expect(staging).toContain("\n[env.staging]\nroutes = []\n[env.staging.vars]\nORIGIN =");
		writeFileSync(join(folder, "production.toml"), production);
		writeFileSync(join(folder, "staging.toml"), staging);
		writeFileSync(join(folder, "with-deny-list.toml"), withDenyList);
		writeFileSync(join(folder, "npx"), NPX);
		chmodSync(join(folder, "npx"), 0o755);
		shell = { edge, origin, folder };
	});
	afterAll(async () => {
		await shell.edge.stop();
		await shell.origin.stop();
		rmSync(shell.folder, { recursive: true });
	});

	const blocks = PAGES.flatMap((page) =>
		[...read(page).matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, block = ""]) => block),
	);
	const commands = blocks.flatMap((block) =>
		block
			.replace(/\\\n\s*/g, "")
			.split("\n")
			.map((line) => line.trim())
			.filter((line) => line !== "" && !line.startsWith("#") && !CANNOT_RUN.test(line)),
	);

	it.each([...new Set(commands)])("%s", async (command) => {
		const { edge, origin, folder } = shell;
		const token = jsonwebtoken.sign({ c: "version" }, "another secret");
		const local = command
			.replace(/https:\/\/docs(?:-staging)?\.example\.com/g, edge.url.origin)
			.replaceAll("https://ds-origin.example.com", origin.url)
			.replaceAll("/etc/onlyoffice/documentserver/", "")
			.replaceAll("/etc/nginx/conf.d/", "")
			.replace("eyJ…", token);
		const env = { ...process.env, ...SECRETS, PATH: `${folder}:${process.env.PATH}` };
		const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
			execFile("bash", ["-c", local], { cwd: folder, env }, (error, stdout, stderr) => {
				resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
			});
		});
		// Exit code 1 means that the tool found something, which is fine here. 2 is wrong usage.
		expect([code, output]).toEqual([expect.toSatisfy((one) => one === 0 || one === 1), expect.anything()]);
		expect(output).not.toMatch(/WARNING|unknown option|Unknown argument/);
	});
});
