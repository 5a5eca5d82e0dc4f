/**
 * `docs-edge import --discovery`: the proof keys that it takes from a WOPI discovery, and its findings on the others.
 * Protects against keys that no server signs with, and against the published key that everybody can sign with.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDiscovery } from "../../../src/cli/import/wopi-discovery.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { makeProofKey } from "../support/wopi-signer.ts";

/** The public key that a real server publishes. */
const MEASURED = JSON.parse(readFileSync(new URL("../../vectors/wopi.json", import.meta.url), "utf8"))
	.public_keys.cur;

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
/** Not spawnSync: it would block the server of this process, which the command asks. */
function run(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
	return new Promise((resolve) => {
		const child = spawn("node", ["--disable-warning=ExperimentalWarning", MAIN, "import", ...args]);
		let [stdout, stderr] = ["", ""];
		child.stdout.on("data", (text) => (stdout += text));
		child.stderr.on("data", (text) => (stderr += text));
		child.on("close", (status) => resolve({ status, stdout, stderr }));
	});
}

type Key = ReturnType<typeof makeProofKey>["publicKey"];
const [current, old] = [makeProofKey().publicKey, makeProofKey().publicKey];

/** A PUBLICKEYBLOB of Microsoft's CryptoAPI. */
function blobOf({ modulus }: Key): string {
	const bytes = Buffer.from(modulus, "base64");
	const sizes = Buffer.alloc(8);
	sizes.writeUInt32LE(bytes.length * 8, 0);
	sizes.writeUInt32LE(65_537, 4);
	return Buffer.concat([Buffer.from("0602000000a4000052534131", "hex"), sizes, bytes.toReversed()]).toString(
		"base64",
	);
}
const proofKey = (now: Key, before?: Key) =>
	`<proof-key ${before ? `oldvalue="${blobOf(before)}" oldmodulus="${before.modulus}" oldexponent="AQAB" ` : ""}value="${blobOf(now)}" modulus="${now.modulus}" exponent="AQAB"/>`;
const discovery = (element: string) =>
	`<?xml version="1.0" encoding="utf-8"?><wopi-discovery><net-zone name="external-http"><app name="Word"><action name="view" ext="docx" urlsrc="https://docs.test/hosting/wopi/word/view?&lt;rs=DC_LLCC&amp;&gt;"/></app></net-zone>${element}</wopi-discovery>`;
const GOOD = discovery(proofKey(current, old));

describe("the element proof-key", () => {
	const keysOf = (xml: string) => parseDiscovery(xml).keys;
	it.each([
		["as the server writes it", GOOD],
		["with a byte order mark", `\ufeff${GOOD}`],
		["over several lines", GOOD.replaceAll('" ', '"\r\n\t')],
		["with single quotes", GOOD.replace(/<proof-key.*?>/s, (element) => element.replaceAll('"', "'"))],
		["with an end tag", GOOD.replace(/(<proof-key.*?)\/>/s, "$1></proof-key>")],
		["without its blobs", GOOD.replace(/ (?:old)?value="[^"]*"/g, "")],
		["behind another in a comment", GOOD.replace("<proof-key", `<!-- ${proofKey(old)} --><proof-key`)],
	])("%s", (_, xml) => expect(keysOf(xml)).toEqual({ current, old }));
	it("in hexadecimal, with the exponent as a number, as servers before 8.1 write it", () => {
		const hex = Buffer.from(current.modulus, "base64").toString("hex").toUpperCase();
		const element = proofKey(current).replace(current.modulus, hex).replace("AQAB", "65537");
		const { keys, findings } = parseDiscovery(discovery(element));
		expect(keys).toEqual({ current });
		expect(findings[0]).toEqual({ mark: "note", text: expect.stringMatching(/hexadecimal/) });
	});
	it("with one key as current and old, as packages install it: taken as current only", () => {
		const { keys, findings } = parseDiscovery(discovery(proofKey(current, current)));
		expect(keys).toEqual({ current });
		expect(findings).toEqual([{ mark: "note", text: expect.stringMatching(/has not been rotated/) }]);
	});
	it("as a real server publishes it", () => {
		const { modulus, discovery_value, exponent } = MEASURED;
		const element = `<proof-key value="${discovery_value}" modulus="${modulus}" exponent="${exponent}"/>`;
		expect(keysOf(discovery(element))).toEqual({ current: { modulus, exponent } });
	});

	it.each<[string, string, RegExp]>([
		["no proof-key", discovery(""), /no proof-key: the server signs nothing/],
		["a proof-key in a comment", discovery(`<!--${proofKey(current)}-->`), /no proof-key/],
		["two proof-keys", discovery(proofKey(current) + proofKey(old)), /cannot be read/],
		["an attribute twice", GOOD.replace(" exponent", ` modulus="${old.modulus}" exponent`), /cannot be read/],
		["an attribute without quotes", GOOD.replace(' exponent="AQAB"', " exponent=AQAB"), /cannot be read/],
		["an entity", GOOD.replace('exponent="AQAB"', 'exponent="&#65;QAB"'), /cannot be read/],
		["no end", GOOD.slice(0, GOOD.indexOf(" exponent")), /cannot be read/],
		["no modulus", GOOD.replace(/ modulus="[^"]*"/, ""), /modulus is neither/],
		[
			"a modulus in base64url",
			GOOD.replace(` modulus="${current.modulus}"`, ' modulus="-_-_"'),
			/modulus is neither/,
		],
		["another exponent", GOOD.replace(' exponent="AQAB"', ' exponent="Aw=="'), /exponent is not AQAB/],
		[
			"a blob of another key",
			GOOD.replace(` value="${blobOf(current)}"`, ` value="${blobOf(old)}"`),
			/value and its modulus are two keys/,
		],
		[
			"an old blob of another key",
			GOOD.replace(`oldvalue="${blobOf(old)}"`, `oldvalue="${blobOf(current)}"`),
			/oldvalue and its oldmodulus are two keys/,
		],
		["a value that is not a blob", GOOD.replace(` value="${blobOf(current)}"`, ' value="AAAA"'), /two keys/],
	])("is not taken: %s", (_, xml, says) => {
		const { keys, findings } = parseDiscovery(xml);
		expect(keys).toBeUndefined();
		expect(findings[0]).toMatchObject({ mark: "bad", text: expect.stringMatching(says) });
		expect(findings[0]?.mend).toMatch(/wopi\.privateKey.*wopi\.privateKeyOld/);
	});
	it.each([
		["HTML", "<html><body>404</body></html>"],
		["a document type", GOOD.replace("<wopi-discovery", '<!DOCTYPE x [<!ENTITY e "AQAB">]><wopi-discovery')],
		["CDATA", GOOD.replace("</wopi-discovery>", `<![CDATA[${proofKey(old)}]]></wopi-discovery>`)],
		["a comment without an end", GOOD.replace("<proof-key", "<!-- <proof-key")],
		["nothing", ""],
	])("is not searched in %s", (_, xml) => {
		expect(() => parseDiscovery(xml)).toThrow("that is no WOPI discovery");
	});
	it("is read in linear time from a text that is made to backtrack", () => {
		const started = performance.now();
		for (const part of ["<!--", "<proof-key a=", "<proof-key \t", ' a="', "<?xml ", " "]) {
			try {
				parseDiscovery(GOOD.replace("<proof-key", `${part.repeat(50_000)}<proof-key`));
			} catch {
				// A refusal has to be quick as well.
			}
		}
		expect(performance.now() - started).toBeLessThan(5000);
	});
});

describe("the command", () => {
	const folder = mkdtempSync(join(tmpdir(), "docs-edge-"));
	const write = (name: string, text: string) => {
		writeFileSync(join(folder, name), text);
		return join(folder, name);
	};
	const file = write("ds-1.xml", GOOD);
	const second = write("ds 2.xml", discovery(proofKey(old)));
	const none = write("none.xml", discovery(""));
	let site = "";
	const server = createServer(({ url }, response) => {
		const pages: Record<string, string> = { "/hosting/discovery": GOOD, "/behind/a/path": GOOD };
		response.writeHead(pages[url ?? ""] ? 200 : url === "/moved" ? 302 : 404, {
			Location: "/hosting/discovery",
		});
		response.end(pages[url ?? ""]);
	});
	beforeAll(async () => {
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => {
		server.close();
		rmSync(folder, { recursive: true });
	});
	const usable = (binding: unknown) => {
		const bindings = {
			ORIGIN: "https://o.test",
			ROLE: "storage",
			WOPI_PATHS: "/wopi/*",
			WOPI_PROOF_KEYS: binding,
		};
		const { problems, wopiProofKeys } = readHost(bindings, 0);
		expect(problems).toEqual([]);
		return wopiProofKeys.map(({ name }) => name);
	};

	it("prints the names of the bindings", async () => {
		expect(await run("--discovery", file)).toEqual({
			status: 0,
			stdout: "found: WOPI_PROOF_KEYS\n",
			stderr: "",
		});
	});
	it.each(["", "/", "/hosting/discovery", "/behind/a/path"])("reads https://server%s", async (path) => {
		expect((await run("--discovery", site + path)).stdout).toBe("found: WOPI_PROOF_KEYS\n");
	});
	it("writes .dev.vars, which dotenv readers read back", async () => {
		const { stdout } = await run("--discovery", file, "--format", "dev-vars");
		const { WOPI_PROOF_KEYS } = parseEnv(stdout);
		expect(JSON.parse(WOPI_PROOF_KEYS ?? "")).toEqual({ current, old });
		expect(usable(WOPI_PROOF_KEYS)).toEqual([""]);
	});
	it("writes [vars]", async () => {
		const { stdout } = await run("--discovery", file, "--format", "vars");
		const [, line = ""] = /^\[vars\]\nWOPI_PROOF_KEYS = (".*")\n$/.exec(stdout) ?? [];
		expect(usable(JSON.parse(line))).toEqual([""]);
	});
	it("makes a list from several servers, each with its name", async () => {
		const { stdout } = await run("--discovery", file, second, site, "--format", "dev-vars");
		expect(usable(parseEnv(stdout).WOPI_PROOF_KEYS)).toEqual(["ds-1", "ds_2", "127.0.0.1"]);
	});
	it("says what to do if there is no key, and writes no binding", async () => {
		const { status, stdout } = await run("--discovery", none);
		expect(status).toBe(1);
		expect(stdout).toMatch(
			/^found: nothing\nFAIL the discovery has no proof-key.*\n.*→ on the server: set wopi\.privateKey and wopi\.privateKeyOld/,
		);
		const both = await run("--discovery", file, none, "--format", "vars");
		expect([both.status, both.stdout]).toEqual([1, "[vars]\n"]);
		expect(both.stderr).toContain("no proof-key");
	});
	it("refuses the key of servers before 8.3, whose private half is published", async () => {
		const published = Buffer.from(current.modulus, "base64");
		Buffer.from("5cvdwCUNhlp1wl2TyuMgmD3G4iqevPDI", "base64").copy(published);
		const key = { modulus: published.toString("base64"), exponent: "AQAB" };
		const { status, stdout } = await run("--discovery", write("old.xml", discovery(proofKey(key))));
		expect(status).toBe(1);
		expect(stdout).toMatch(
			/found: nothing\n.*\n?.*private half is published\n.*→ on the server: make a new key/,
		);
	});
	it.each<[string, () => string[], RegExp]>([
		["no such file", () => ["--discovery", "/no/such/file"], /ENOENT/],
		["no discovery", () => ["--discovery", MAIN], /no WOPI discovery/],
		["no such page", () => ["--discovery", `${site}/none`], /answers 404: is wopi\.enable true/],
		["a redirect", () => ["--discovery", `${site}/moved`], /cannot be reached, or redirects/],
		["no server", () => ["--discovery", "http://127.0.0.1:1/"], /cannot be reached/],
		["as secrets", () => ["--discovery", file, "--format", "secrets"], /public keys only/],
	])("wrong usage: %s", async (_, args, message) => {
		const { status, stderr } = await run(...args());
		expect(status).toBe(2);
		expect(stderr).toMatch(message);
	});
});
