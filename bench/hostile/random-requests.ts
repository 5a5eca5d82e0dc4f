/**
 * Sends random requests to `npm start`. No response may have status 500, and the process may not grow: a client could
 * otherwise stop the edge.
 *
 *   npm run bench -- --random 100000          prints its seed
 *   SEED=7 npm run bench -- --random 100000   sends the same requests again
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { deflateSync, gzipSync } from "node:zlib";
import { readBundle } from "../../local/build.ts";
import { type RawRequest, sendRaw } from "../../test/node/support/raw-http.ts";
import { residentBytes } from "../../test/node/support/workerd.ts";
import { pick, type Random, seeded } from "../../test/random.ts";
import { BAD_TOKEN, SECRETS, signLink, signToken } from "../credentials.ts";
import { startSilentOrigin } from "../servers/silent-origin.ts";
import { startWorkerd } from "../servers/workerd.ts";
import { atMost, type Target } from "../targets.ts";

const MIB = 1024 * 1024;
const AT_ONCE = 8;
/** Until then the runtime compiles code and fills its caches. The growth is measured from there. */
const WARM_UP_SHARE = 0.2;

const METHODS = ["GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"];
const SEGMENTS = [
	...[
		"cache",
		"files",
		"storage-cache",
		"data",
		"command",
		"coauthoring",
		"CommandService.ashx",
		"converter",
	],
	...[
		"ConvertService.ashx",
		"docbuilder",
		"downloadfile",
		"upload",
		"downloadas",
		"savefile",
		"printfile",
		"doc",
	],
	...[
		"c",
		"ai-proxy",
		"internal",
		"info",
		"9.1.0-1",
		"7.2.0|204",
		"web-apps",
		"hosting",
		"wopi",
		".edge",
		"status",
	],
	...[
		"..",
		".",
		"",
		"%2e%2e",
		"%2f",
		"%5c",
		"%00",
		"%zz",
		"%25%32%35",
		"\\",
		";x",
		"a b",
		"é",
		"%ff",
		"%0a",
		"doc1",
	],
];
const ROUTES = [
	...["/command", "/converter", "/ConvertService.ashx", "/docbuilder", "/coauthoring/CommandService.ashx"],
	...[
		"/downloadfile/doc1",
		"/upload/doc1",
		"/downloadas/doc1",
		"/savefile/doc1",
		"/printfile/doc1/a.pdf",
		"/ai-proxy/x",
	],
	...[
		"/doc/doc1/c/",
		"/9.1.0-1/command",
		"/cache/files/data/k/a/b",
		"/storage-cache/files/data/k/a/b",
		"/internal/x",
	],
	...["/healthcheck", "/web-apps/x.js", "/.edge/health", "/.edge/status", "/"],
];
const NAMES = [
	"md5",
	"expires",
	"filename",
	"shardkey",
	"WOPISrc",
	"token",
	"cmd",
	"sid",
	"EIO",
	"transport",
	"j",
	"x",
	"[token]",
	"",
];
const VALUES = [
	"",
	"4",
	"polling",
	"websocket",
	"AAAAAAAAAAAAAAAAAAAAAA",
	"4102444800",
	"/../x",
	"%7B%7D",
	"%ff",
	'{"id":"d"}',
	"1e9",
	"a,b",
];
const HEADERS = [
	"Authorization",
	"AuthorizationJwt",
	"Content-Encoding",
	"Content-Type",
	"Accept",
	"If-None-Match",
	"Range",
	"Connection",
	"X_Forwarded_Host",
	"Upgrade",
	"Cookie",
	"If-Modified-Since",
	"Expect",
	"Host",
];
const HEADER_VALUES = [
	`Bearer ${BAD_TOKEN}`,
	`Bearer ${signToken({ c: "version" })}`,
	"Bearer ",
	"gzip",
	"deflate",
	"br",
	"a/b;q=0",
	'"',
	"bytes=0-1",
	"bytes=-",
	"close, x",
	"websocket",
	"Sat, 21 Nov 2026 00:00:00 GMT",
	"\x80",
	",,,,",
];
const BODIES = [
	"",
	"{}",
	"null",
	'{"token":1}',
	'{"token":"x","key":[1]}',
	"[[[[",
	'40{"token":"x"}',
	"2\x1e3\x1e4",
	'42["message",{"type":"auth"}]',
	"\xff\xfe",
	"x".repeat(5000),
];

const some = <T>(random: Random, most: number, make: () => T): T[] =>
	Array.from({ length: Math.floor(random() * (most + 1)) }, make);

function generate(random: Random): RawRequest {
	const wandering = some(random, 4, () => `/${pick(random, SEGMENTS)}`).join("");
	const path = random() < 0.6 ? pick(random, ROUTES) + (random() < 0.2 ? wandering : "") : wandering || "/";
	const query = some(random, 5, () => `${pick(random, NAMES)}=${pick(random, VALUES)}`).join("&");
	const target =
		random() < 0.05 ? signLink("/cache/files/data/k/a.docx/a.docx") : query ? `${path}?${query}` : path;
	const headers = Object.fromEntries(
		some(random, 4, () => [pick(random, HEADERS), pick(random, HEADER_VALUES)]),
	);
	const body = Buffer.from(pick(random, BODIES), "latin1");
	const coded = random() < 0.1 ? gzipSync(body) : random() < 0.1 ? deflateSync(body) : body;
	const framing = pick(random, ["length", "length", "chunked", "none"] as const);
	// `sendRaw` reads until the connection ends, so every request asks the edge to end it.
	if ("Connection" in headers) headers.Connection = "close, x-named";
	return { method: pick(random, METHODS), target, headers, body: coded, framing };
}

/** A small heap makes V8 collect often. Without a limit its heap grows for minutes, even if nothing leaks. */
const SMALL_HEAP = ["--max-semi-space-size=1", "--max-old-space-size=40"];

/** Counts the statuses of `npm start`, and measures the growth of the same bundle under a small heap. */
export async function sendRandom(count: number, seed: number): Promise<Target[]> {
	console.log(`${count} random requests, seed ${seed}`);
	const origin = await startSilentOrigin();
	const bindings = { ...SECRETS, ORIGIN: origin.url };
	const edge = await startByNpm(bindings);
	const { statuses } = await send(edge.url, edge.pid, count, seed);
	await edge.stop();
	const small = await startWorkerd({ source: await readBundle(), bindings, v8Flags: SMALL_HEAP });
	const { grownMib } = await send(new URL(small.url), small.pid, count, seed);
	await small.stop();
	await origin.stop();
	return [
		atMost("random requests: status 500", statuses.get(500) ?? 0, 0),
		atMost("random requests: growth under a small heap", grownMib, 16, " MiB"),
	];
}

async function startByNpm(
	bindings: Readonly<Record<string, string>>,
): Promise<{ url: URL; pid: number; stop: () => Promise<unknown> }> {
	const start = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "local/start.ts"], {
		env: { ...process.env, ...bindings, PORT: "0" },
		stdio: ["ignore", "pipe", "inherit"],
	});
	const lines = createInterface({ input: start.stdout });
	const url = await new Promise<URL>((resolve) => {
		lines.on("line", (line) => {
			const found = /^edge ready on (\S+)/.exec(line)?.[1];
			if (found) resolve(new URL(found));
		});
	});
	const stop = () => {
		const ended = once(start, "exit");
		start.kill();
		return ended;
	};
	return { url, pid: workerdOf(start.pid ?? 0), stop };
}

async function send(url: URL, pid: number, count: number, seed: number) {
	const random = seeded(seed);
	const statuses = new Map<number, number>();
	let sent = 0;
	let warmBytes = residentBytes(pid);
	const one = async () => {
		while (sent < count) {
			sent++;
			if (sent === Math.floor(count * WARM_UP_SHARE)) warmBytes = residentBytes(pid);
			const response = await sendRaw(url, generate(random)).catch(() => undefined);
			const status = response?.status ?? 0;
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, one));
	const counts = [...statuses].sort(([one], [other]) => one - other);
	console.log(counts.map(([status, times]) => `${status || "no response"}: ${times}`).join(", "));
	return { statuses, grownMib: (residentBytes(pid) - warmBytes) / MIB };
}

/** The process id of the workerd that this process has started. */
function workerdOf(parent: number): number {
	const processes = readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.flatMap((pid) => {
			try {
				const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
				return [{ pid: Number(pid), name, parent: Number(rest?.split(" ")[1]) }];
			} catch {
				// The process has ended since it was listed.
				return [];
			}
		});
	const found = processes.find(({ name, parent: its }) => name === "workerd" && its === parent);
	if (!found) throw new Error("npm start has no child process workerd");
	return found.pid;
}
