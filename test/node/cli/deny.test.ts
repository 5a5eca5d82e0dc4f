/**
 * `docs-edge deny` and `docs-edge stop` on the command line: in a file, and in the local KV namespace through wrangler.
 * Protects against an edit that loses the other rules, against an invalid list that is written, and against a typing error
 * that passes in silence.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readDenyList } from "../../../src/config/deny/deny-list.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), "edge-deny-"));
const FILE = join(FOLDER, "deny.json");
writeFileSync(
	join(FOLDER, "wrangler.toml"),
	'name = "x"\ncompatibility_date = "2026-10-23"\n[[kv_namespaces]]\nbinding = "DENY_LIST"\n[env.staging]\n',
);
beforeEach(() => rmSync(FILE, { force: true }));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const run = (...args: string[]): Promise<[code: number, text: string]> =>
	new Promise((resolve) => {
		const command = ["--disable-warning=ExperimentalWarning", MAIN, ...args];
		execFile(process.execPath, command, { cwd: FOLDER }, (error, stdout, stderr) =>
			resolve([Number(error?.code ?? 0), (stdout + stderr).trim()]),
		);
	});
const onFile = (...args: string[]) => run(...args, "--file", FILE);
const written = () => JSON.parse(readFileSync(FILE, "utf8"));
const EVERYTHING = {
	keys: { nextcloud: { issuedBefore: "2026-11-20T00:00:00Z" }, moodle: true },
	documents: ["k1"],
	hosts: ["a.example"],
	purposes: ["builder"],
	networks: ["203.0.113.0/24"],
	allowNetworks: ["192.0.2.0/24"],
	lockdown: true,
};

describe("in a file", () => {
	it("add writes each kind of entry, and keeps what is there", async () => {
		const edits = [
			["deny", "add", "--key", "nextcloud", "--issued-before", "2026-11-20T00:00:00Z"],
			["deny", "add", "--key", "moodle", "--document", "k1", "--host", "a.example", "--purpose", "builder"],
			["deny", "add", "--network", "203.0.113.0/24"],
			["stop", "--allow-network", "192.0.2.0/24"],
		];
		for (const edit of edits) expect((await onFile(...edit))[0]).toBe(0);
		expect(written()).toEqual(EVERYTHING);
		expect(Array.isArray(readDenyList(written()))).toBe(false);
	});

	it("list prints one line per rule, or the JSON that DENY takes", async () => {
		writeFileSync(FILE, JSON.stringify(EVERYTHING));
		expect((await onFile("deny", "list"))[1].split("\n")).toEqual([
			"lockdown: protected routes are closed for all networks but 192.0.2.0/24",
			"key nextcloud, issued before 2026-11-20T00:00:00Z",
			"key moodle",
			"document k1",
			"host a.example",
			"purpose builder",
			"network 203.0.113.0/24",
		]);
		expect(JSON.parse((await onFile("deny", "list", "--json"))[1])).toEqual(EVERYTHING);
		rmSync(FILE);
		expect(await onFile("deny", "list")).toEqual([0, "the list is empty"]);
	});

	it("remove takes entries out, and stop --end the lockdown alone", async () => {
		writeFileSync(FILE, JSON.stringify(EVERYTHING));
		await onFile("stop", "--end");
		expect(written()).toEqual({ ...EVERYTHING, lockdown: undefined });
		await onFile("deny", "remove", "--key", "moodle", "--document", "k1", "--purpose", "builder");
		const { keys, hosts, networks, allowNetworks } = EVERYTHING;
		expect(written()).toEqual({ keys: { nextcloud: keys.nextcloud }, hosts, networks, allowNetworks });
	});

	it("the same entry twice is one entry", async () => {
		await onFile("deny", "add", "--document", "k1");
		await onFile("deny", "add", "--document", "k1", "k2");
		expect(written()).toEqual({ documents: ["k1", "k2"] });
	});

	it.each([
		["an invalid network", ["deny", "add", "--network", "203.0.113.0/99"], "networks[1] is not a network"],
		[
			"a time without a zone",
			["deny", "add", "--key", "a", "--issued-before", "2026-11-20T00:00"],
			"keys.a is neither",
		],
		["an unknown purpose", ["deny", "add", "--purpose", "bilder"], "Allowed choices are command"],
		["an entry that is not there", ["deny", "remove", "--key", "nextclowd"], "not in the list: nextclowd"],
		[
			"a weaker rule for a key",
			["deny", "add", "--key", "moodle", "--issued-before", "2026-11-20"],
			"denies more of moodle",
		],
		[
			"an earlier time for a key",
			["deny", "add", "--key", "nextcloud", "--issued-before", "2020-01-01"],
			"denies more of nextcloud",
		],
		["no entry", ["deny", "add"], "name an entry"],
		[
			"a time without a key",
			["deny", "add", "--document", "k", "--issued-before", "2026-11-20"],
			"belongs to --key",
		],
	])("%s is refused, and the list stays", async (_, args, says) => {
		writeFileSync(FILE, JSON.stringify(EVERYTHING));
		const [code, text] = await onFile(...args);
		expect([code, text]).toEqual([2, expect.stringContaining(says)]);
		expect(written()).toEqual(EVERYTHING);
	});

	it.each(["{", '{"networks":["x"]}'])("an invalid list is not touched: %s", async (invalid) => {
		writeFileSync(FILE, invalid);
		const [code, text] = await onFile("stop");
		expect([code, readFileSync(FILE, "utf8")]).toEqual([2, invalid]);
		// An emergency stop must still be possible.
		expect(text).toContain(
			`in place of what DENY holds: echo '{"lockdown":true}' | npx wrangler secret put DENY`,
		);
		expect((await onFile("stop", "--env", "staging"))[1]).toMatch(/secret put DENY --env staging$/);
	});
});

describe("in the KV namespace of wrangler dev", () => {
	it("edits and prints the list under the key that the edge reads", async () => {
		expect(await run("deny", "list", "--local")).toEqual([0, "the list is empty"]);
		expect((await run("deny", "add", "--local", "--document", "k1"))[0]).toBe(0);
		const [code, text] = await run("stop", "--local");
		expect([code, text]).toEqual([0, "lockdown: protected routes are closed for everybody\ndocument k1"]);
		expect(JSON.parse((await run("deny", "list", "--local", "--json"))[1])).toEqual({
			documents: ["k1"],
			lockdown: true,
		});
		expect(existsSync(join(FOLDER, ".wrangler/state/v3/kv"))).toBe(true);
	});

	it("without the namespace it says what to do", async () => {
		const [code, text] = await run("deny", "list", "--local", "--env", "staging");
		expect([code, text]).toEqual([2, expect.stringContaining("under [[kv_namespaces]] of wrangler.toml")]);
	});
});
