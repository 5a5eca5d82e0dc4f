/**
 * The files for operators in docs/: the Grafana dashboard, the filter for fail2ban, the queries. Protects against a column
 * that the edge does not write, and against a filter that bans nobody, or bans users after a change of secrets.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { writeDataPoint } from "../../src/observe/data-point.ts";
import { REASONS } from "../../src/reply/catalogue.ts";
import { type RecordingOrigin, startRecordingOrigin } from "./support/recording-origin.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Panel {
	readonly id: number;
	readonly type: string;
	readonly title: string;
	readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
	readonly targets: readonly { readonly query: string; readonly format: string }[];
}
interface Dashboard {
	readonly __inputs: readonly { readonly name: string; readonly pluginId: string }[];
	readonly panels: readonly Panel[];
	readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

/** The columns of a data point, as the edge writes it. */
function columns(): string[] {
	const names: string[] = [];
	const record = {
		receivedMs: 0,
		id: "",
		host: "h",
		method: "GET",
		route: "open",
		verdict: "accept",
	} as const;
	const number = (kind: string, values: readonly unknown[]) => values.map((_, at) => `${kind}${at + 1}`);
	const writes = {
		writeDataPoint: ({
			indexes,
			blobs,
			doubles,
		}: Record<"indexes" | "blobs" | "doubles", readonly unknown[]>) =>
			void names.push(...number("index", indexes), ...number("blob", blobs), ...number("double", doubles)),
	};
	writeDataPoint(writes, { ...record, status: 200, ms: 0 }, 0);
	return names;
}

const namedColumns = (text: string) => text.match(/\b(?:blob|double|index)\d+\b/g) ?? [];
/** The dataset of the example in the page. */
const DATASET = /FROM docs_edge\b/g;

describe("the Grafana dashboard", () => {
	const text = read("docs/grafana-dashboard.json");
	const dashboard: Dashboard = JSON.parse(text);
	const queries = [...dashboard.panels.flatMap(({ targets }) => targets), ...dashboard.templating.list];

	it.each(queries.map(({ query }) => query))("names only columns that the edge writes: %s", (query) => {
		const named = namedColumns(query);
		expect(named.length).toBeGreaterThan(0);
		expect(columns()).toEqual(expect.arrayContaining(named));
		expect(query.match(DATASET)).toHaveLength(1);
	});
	it("shows every column", () => {
		const shown = new Set(queries.flatMap(({ query }) => namedColumns(query)));
		expect(columns().filter((name) => name !== "index1" && !shown.has(name))).toEqual([]);
	});
	it.each(dashboard.panels)(
		"$title: counts samples by their weight, for the chosen time and hosts",
		(panel) => {
			for (const { query, format } of panel.targets) {
				expect(query).toContain("_sample_interval");
				expect(query).toMatch(/WHERE \$timeFilter AND blob1 IN \(\$\{host:singlequote\}\)/);
				expect([format, query.includes("$timeSeries AS t")]).toEqual(
					panel.type === "timeseries" ? ["time_series", true] : ["table", false],
				);
			}
		},
	);
	it("asks for the data source at the import, and names no other", () => {
		const [input] = dashboard.__inputs;
		const sources = [...text.matchAll(/"uid": "(\$[^"]*)"/g)].map(([, uid]) => uid);
		expect(new Set(sources)).toEqual(new Set([`\${${input?.name}}`]));
	});
	it("no panel has the id or the place of another", () => {
		expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
		const places = dashboard.panels.map(({ gridPos: { x, y, w, h } }) => [x, y, x + w, y + h] as const);
		for (const [at, [left, top, right, bottom]] of places.entries()) {
			const overlaps = places.filter(
				([otherLeft, otherTop, otherRight, otherBottom], other) =>
					other !== at && left < otherRight && otherLeft < right && top < otherBottom && otherTop < bottom,
			);
			expect(overlaps).toEqual([]);
		}
	});
});

describe("the queries in the documents", () => {
	const queries = globSync("docs/*.md", { cwd: ROOT }).flatMap((page) =>
		[...read(page).matchAll(/^```sql\n(.*?)^```/gms)].map(([, query = ""]) => [page, query] as const),
	);
	it.each(queries)("%s: %s", (_, query) => {
		expect(columns()).toEqual(expect.arrayContaining(namedColumns(query)));
		expect(query.match(DATASET)).toHaveLength(1);
	});
	it("the page explains every column", () => {
		const page = read("docs/observability.md");
		for (const name of columns()) expect(page).toContain(`\`${name}\``);
	});
});

it("every reason that the page alerts on exists", () => {
	const [, rows = ""] = /^\| reason \| call.*?\n(.*?)\n\n/ms.exec(read("docs/observability.md")) ?? [];
	const named = rows.split("\n").flatMap((row) => row.split("|")[1]?.match(/`\w+`/g) ?? []);
	expect(named.length).toBeGreaterThan(8);
	for (const reason of named) expect(Object.keys(REASONS)).toContain(reason.slice(1, -1));
});

describe("the filter for fail2ban", () => {
	const filter = read("docs/fail2ban.conf");
	const [, source = ""] = /^failregex = (.*)$/m.exec(filter) ?? [];
	const failregex = new RegExp(
		source.replace("<HOST>", String.raw`(?<host>(?:\d{1,3}\.){3}\d{1,3}|[\da-f:]+)`),
	);
	const [, datepattern = ""] = /^datepattern = (.*)$/m.exec(filter) ?? [];
	const date = new RegExp(
		datepattern.replaceAll("%%", "%").replace(/%([YmdHMSfz])/g, (_, part) => {
			if (part === "z") return "Z";
			return part === "f" ? String.raw`\d{1,6}` : part === "Y" ? String.raw`\d{4}` : String.raw`\d{2}`;
		}),
	);
	/** fail2ban takes the time out of the line, and looks at what is left. */
	const banned = (line: string) => failregex.exec(line.replace(date, ""))?.groups?.host;

	const SECRETS = {
		JWT_SECRET: "a secret for tokens, long enough",
		SECURE_LINK_SECRET: "a secret for links, long",
	};
	const CLIENT = "203.0.113.7";
	let origin: RecordingOrigin;
	let edge: Edge;
	const lines: string[] = [];
	beforeAll(async () => {
		origin = await startRecordingOrigin();
		const bindings = { ...SECRETS, ORIGIN: origin.url, LOG_CLIENT_IP: "full" };
		edge = await startEdge({ bundle: await readBundle(), bindings, onLog: (line) => void lines.push(line) });
	});
	afterAll(async () => {
		await edge.stop();
		await origin.stop();
	});
	async function lineOf(path: string, token?: string, address: string = CLIENT): Promise<string> {
		lines.length = 0;
		const headers = { "CF-Connecting-IP": address, ...(token && { Authorization: `Bearer ${token}` }) };
		await (
			await fetch(new URL(path, edge.url), { method: path === "/command" ? "POST" : "GET", headers })
		).text();
		await expect.poll(() => lines.some((line) => line.startsWith('{"time"'))).toBe(true);
		return lines.find((line) => line.startsWith('{"time"')) ?? "";
	}
	const sign = (payload: object, secret = SECRETS.JWT_SECRET) => jsonwebtoken.sign({ payload }, secret);
	const FILE = "/cache/files/data/k/o.docx/o.docx";

	it.each([
		["a link without a signature", FILE, undefined],
		["a closed path", "/internal/x", undefined],
		["no token", "/command", undefined],
		["no JWT", "/command", "guess"],
	])("counts a refusal: %s", async (_, path, token) => {
		const line = await lineOf(path, token);
		expect([JSON.parse(line).verdict, banned(line)]).toEqual(["refuse", CLIENT]);
		expect(failregex.exec(line)?.groups?.host).toBe(CLIENT);
	});
	it("reads an IPv6 address, and the time of a line", async () => {
		const line = await lineOf(FILE, undefined, "2001:db8::7");
		expect(banned(line)).toBe("2001:db8::7");
		expect(date.exec(line)?.[0]).toBe(`"time":"${JSON.parse(line).time}"`);
	});
	it.each([
		["an open path", "/web-apps/x", undefined, "accept"],
		["a good token", "/command", sign({ c: "version" }), "accept"],
		[
			"a token of another secret: the secret may have changed",
			"/command",
			sign({ c: "x" }, "another"),
			"refuse",
		],
		[
			"an expired token",
			"/command",
			jsonwebtoken.sign({ exp: 1, payload: {} }, SECRETS.JWT_SECRET),
			"refuse",
		],
		[
			"an expired link, or one of another secret",
			`${FILE}?md5=${"A".repeat(22)}&expires=1`,
			undefined,
			"refuse",
		],
	])("does not count %s", async (_, path, token, verdict) => {
		const line = await lineOf(path, token);
		expect(JSON.parse(line)).toMatchObject({ verdict, client: CLIENT });
		expect(banned(line)).toBeUndefined();
	});
	it("names only reasons of a refusal that exist", () => {
		const [, reasons = ""] = /"reason":"\(\?:([^)]*)\)/.exec(source) ?? [];
		expect(reasons.split("|").filter((reason) => !Object.hasOwn(REASONS, reason))).toEqual([]);
		expect(reasons).not.toMatch(/signature|mismatch|expired|misconfigured|origin_|lockdown/);
	});
});
