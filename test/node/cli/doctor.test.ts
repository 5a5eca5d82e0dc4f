/**
 * `docs-edge doctor` against a real edge, a real nginx and a server that checks tokens, healthy and in each broken
 * state. Protects against a fault that the doctor overlooks or blames on the wrong part, and against a secret in its
 * output.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { type LocalRateLimit, startEdge } from "../../../local/edge.ts";
import { type DoctorOptions, diagnose } from "../../../src/cli/doctor/doctor.ts";
import type { Finding } from "../../../src/cli/import/document-server-files.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { hasNginx, secureLinkServer, startNginx } from "../support/nginx.ts";

const SECRETS = {
	JWT_SECRET: "canary: the token secret here",
	SECURE_LINK_SECRET: "canary: the link secret here",
};
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

async function listen(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	cleanups.push(
		() =>
			new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			}),
	);
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Site {
	readonly tokenSecret?: string;
	readonly linkSecret?: string;
	/** Whether the origin uses X-Forwarded-*. */
	readonly forwarded?: boolean;
	/** Whether the origin reads the Authorization header. */
	readonly header?: boolean;
	/** The version that the origin tells; without it no version like 9.3.1. */
	readonly version?: string;
	readonly bindings?: Record<string, string>;
	readonly rateLimits?: Readonly<Record<string, LocalRateLimit>>;
}

/** Starts an edge, and behind it nginx and a Document Server. */
async function startSite(site: Site = {}) {
	const {
		tokenSecret = SECRETS.JWT_SECRET,
		linkSecret = SECRETS.SECURE_LINK_SECRET,
		forwarded = true,
		header = true,
		version = "9",
	} = site;
	const docService = await listen(
		createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on("data", (chunk) => chunks.push(chunk));
			request.on("end", () => {
				const { host = "" } = request.headers;
				if (request.url === "/healthcheck") return response.end("true");
				if (request.url === "/baseurl") {
					const { "x-forwarded-host": publicHost, "x-forwarded-proto": proto } = request.headers;
					return response.end(forwarded ? `${proto}://${publicHost}` : `http://${host}`);
				}
				const body = Buffer.concat(chunks).toString();
				const token =
					/"token":"([^"]*)"/.exec(body)?.[1] ??
					(header ? request.headers.authorization?.slice(7) : undefined);
				try {
					jsonwebtoken.verify(token ?? "", tokenSecret);
					response.end(JSON.stringify({ error: 0, version }));
				} catch {
					response.end('{"error":6}');
				}
			});
		}),
	);
	const nginx = await startNginx(
		`${secureLinkServer(linkSecret, "return 404;")} location / { proxy_pass ${docService}; proxy_set_header Host $http_host; }`,
	);
	cleanups.push(nginx.stop);
	const edge = await startEdge({
		bundle: await readBundle(),
		bindings: { ...SECRETS, ORIGIN: nginx.url.origin, ...site.bindings },
		...(site.rateLimits && { rateLimits: site.rateLimits }),
		onLog: () => undefined,
	});
	cleanups.push(edge.stop);
	return { edge: edge.url.origin, origin: nginx.url.origin };
}

const MARKS = { good: "ok", bad: "FAIL", note: "note" };
/** The findings as lines, without the ports, which differ from run to run. */
async function said(
	options: DoctorOptions,
	bindings: object = SECRETS,
	nowMs: () => number = Date.now,
): Promise<string[]> {
	const host = readHost(
		{ ORIGIN: options.origin ?? options.edge, ...bindings },
		Math.floor(Date.now() / 1000),
	);
	const findings: Finding[] = [];
	for await (const finding of diagnose(host, options, nowMs)) findings.push(finding);
	expect(JSON.stringify(findings)).not.toMatch(/canary|eyJ|md5=/);
	for (const { mark, mend } of findings) if (mark === "bad") expect(mend).toBeTruthy();
	return findings.map(({ mark, text }) => `${MARKS[mark]} ${text}`.replace(/127\.0\.0\.1:\d+/g, "HOST"));
}
const failures = (lines: string[]) => lines.filter((line) => line.startsWith("FAIL"));

describe.runIf(hasNginx)("doctor", () => {
	it("reports a healthy site line by line", async () => {
		const { edge } = await startSite();
		expect(await said({ edge })).toEqual([
			"ok the edge answers",
			"ok calls without a token, and with a bad one, are refused",
			"ok a wrongly signed link is refused",
			"ok a good token is accepted by the edge and by the origin",
			"ok the Authorization header reaches the origin",
			"ok a good link to a file that is not there answers 404: the link secrets agree",
			"ok the clocks of the origin and of this machine agree",
			"ok the origin knows its public URL",
			"ok /internal and /info are closed",
			"note no STATUS_SECRET on this machine: the doctor did not ask the edge for its rate limits and its deny list",
			"ok WOPI pages for a host that is not listed are refused (wopi_closed)",
		]);
	});

	it("says which rate limits are bound, and waits for them instead of taking 429 for a fault", async () => {
		const STATUS_SECRET = "canary: the secret of the status";
		const { edge } = await startSite({
			bindings: { STATUS_SECRET, DENY: '{"networks":["x"]}' },
			rateLimits: { LIMIT_REFUSED: { limit: 2, period: 10 } },
		});
		const lines = await said({ edge }, { ...SECRETS, STATUS_SECRET });
		expect(failures(lines)).toEqual([
			"FAIL DENY networks[0] is not a network like 203.0.113.0/24 or 2001:db8::/32",
		]);
		expect(lines).toContain("ok rate limits are bound: LIMIT_REFUSED");
		expect(lines).toContain("note rate limits are not bound: LIMIT_CALLS, LIMIT_SOCKETS");
		const other = await said({ edge }, { ...SECRETS, STATUS_SECRET: "another" });
		expect(other).toContain("note /.edge/status answers 404: the doctor does not know the rate limits");
	});

	it.each([
		[
			{ lockdown: true },
			"FAIL the edge refuses this machine: All protected routes are closed: the deny list has lockdown, and the client is not in allowNetworks.",
		],
		[{ keys: { JWT_SECRET: true } }, "FAIL the edge refuses a token of JWT_SECRET: denied_key"],
		[
			{ keys: { SECURE_LINK_SECRET: true } },
			"FAIL the edge refuses a link of SECURE_LINK_SECRET: denied_key",
		],
	])("does not take a denial for a wrong secret: %j", async (list, line) => {
		const { edge } = await startSite({ bindings: { DENY: JSON.stringify(list) } });
		expect(failures(await said({ edge }))).toEqual([line]);
	});
	it.each([
		[
			"9.0.4",
			{},
			[
				"note the Document Server is version 9.0.4, and DS_VERSION is not set: no rule of an advisory applies",
				"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token, convert-and-edit-xss, info-config",
				"note the known hole epub-file-read is open at the edge",
				"note the known hole CVE-2026-41034 is open at the edge",
				"note the known hole xls-file-read is open at the edge",
				"note only an upgrade closes: converter-and-macros",
			],
		],
		[
			"9.0.4",
			{ DS_VERSION: "9.0.4" },
			[
				"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token, convert-and-edit-xss, info-config, epub-file-read, CVE-2026-41034, xls-file-read",
				"note only an upgrade closes: converter-and-macros",
			],
		],
		[
			"9.4.0",
			{ DS_VERSION: "9.3.1" },
			[
				"FAIL the Document Server is version 9.4.0, and DS_VERSION is 9.3.1",
				"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token",
			],
		],
		[
			"9.3.10",
			{ DS_VERSION: "9.3.1" },
			[
				"FAIL the Document Server is version 9.3.10, and DS_VERSION is 9.3.1",
				"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token, convert-and-edit-xss, xls-file-read",
			],
		],
		[
			"8.0.0",
			{ DS_VERSION: "8.0.0", EXPOSURE: "public" },
			[
				"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token, convert-and-edit-xss, CVE-2025-5301, info-config, CVE-2023-46988, example-configuration, epub-file-read, CVE-2026-41034, xls-file-read",
				"note only an upgrade closes: converter-and-macros",
			],
		],
	])("lists the advisories of version %s with %j", async (version, bindings, expected) => {
		const { edge } = await startSite({ version, bindings });
		const lines = await said({ edge }, { ...SECRETS, ...bindings });
		const about = lines.filter((line) => /known hole|DS_VERSION|only an upgrade/.test(line));
		expect(about).toEqual(expected);
	});
	it.each([
		["with no WOPI host listed", {}, "FAIL WOPI is closed at the edge"],
		[
			"with its host listed",
			{ WOPI_HOSTS: "wopi.example" },
			"ok a WOPI page for your source reaches the server",
		],
		[
			"with another host listed",
			{ WOPI_HOSTS: "other.example" },
			"FAIL the WOPI source is refused: its host is not in WOPI_HOSTS, or the source is not written plainly",
		],
		[
			"with its origin down",
			{ WOPI_HOSTS: "wopi.example", ORIGIN: "http://127.0.0.1:9" },
			"FAIL a WOPI page is not answered (origin_down)",
		],
	])("a WOPI source of the operator, %s", async (_, bindings, line) => {
		const { edge } = await startSite({ bindings });
		expect((await said({ edge, wopiSource: "https://wopi.example/wopi/files/1" })).at(-1)).toBe(line);
	});

	it.each<[string, Site, string]>([
		[
			"another JWT secret at the origin",
			{ tokenSecret: "another" },
			"FAIL the edge accepts, the origin answers error 6: the origin holds another JWT secret",
		],
		[
			"another link secret at the origin",
			{ linkSecret: "another" },
			"FAIL the edge accepts a good link, the origin answers 403: the link secrets differ",
		],
		[
			"a token header that is stripped on the way",
			{ header: false },
			"FAIL the same token in the Authorization header is refused: something on the way strips it",
		],
		[
			"an origin that ignores X-Forwarded-*",
			{ forwarded: false },
			"FAIL the origin takes http://HOST for its public URL, and it is http://HOST",
		],
		[
			"another JWT secret in the Worker",
			{ bindings: { JWT_SECRET: "another" } },
			"FAIL the edge refuses a token of JWT_SECRET: token_signature",
		],
		[
			"another link secret in the Worker",
			{ bindings: { SECURE_LINK_SECRET: "another" } },
			"FAIL the edge refuses a link of SECURE_LINK_SECRET: link_mismatch",
		],
		[
			"an edge without secrets",
			{ bindings: { JWT_SECRET: "" } },
			"FAIL the edge is not configured: its protected routes answer 503",
		],
		[
			"an origin that is down",
			{ bindings: { ORIGIN: "http://127.0.0.1:9" } },
			"FAIL the edge accepts a good token and cannot reach the origin (origin_unreachable)",
		],
	])("%s", async (_, site, line) => {
		const { edge } = await startSite(site);
		expect(failures(await said({ edge }))).toContain(line);
	});

	it("an edge that forwards every request", async () => {
		const open = await listen(
			createServer((request, response) =>
				response.end(request.url === "/.edge/health" ? "ok" : '{"error":0}'),
			),
		);
		expect(failures(await said({ edge: open }))).toEqual(
			expect.arrayContaining([
				"FAIL a call without a good token is not refused",
				"FAIL a wrongly signed link answers 200",
				"FAIL /internal or /info answers",
				"FAIL a WOPI page for a host that is not listed is not refused: the server calls any host that a stranger names",
			]),
		);
	});
	it("an edge that does not run, and a server that is not an edge", async () => {
		expect(await said({ edge: "http://127.0.0.1:9" })).toEqual(["FAIL http://HOST cannot be reached"]);
		const other = await listen(createServer((_, response) => response.end("hello")));
		expect(await said({ edge: other })).toEqual(["FAIL http://HOST answers, and is no edge"]);
	});
	it("an origin that answers everybody directly, and one that does not", async () => {
		const { edge, origin } = await startSite();
		expect(failures(await said({ edge, origin }))).toEqual([
			"FAIL the origin answers anyone directly: strangers go round the edge",
		]);
		expect(await said({ edge, origin: "http://127.0.0.1:9" })).toContain(
			"ok the origin does not answer strangers",
		);
	});
	it("clocks that differ", async () => {
		const { edge } = await startSite();
		const lines = await said({ edge }, SECRETS, () => Date.now() - 90_000);
		expect(failures(lines)).toEqual([
			expect.stringMatching(/^FAIL the clock of the origin is (89|90|91) s ahead of this machine's$/),
		]);
	});
	it("compares the server's files with the edge's secrets", async () => {
		const { edge } = await startSite();
		const file = (name: string) => fileURLToPath(new URL(`files/${name}`, import.meta.url));
		const lines = await said({ edge, localJson: file("docker-local.json"), dsConf: file("package-ds.conf") });
		expect(lines.slice(0, 2)).toEqual([
			"ok the link secrets of local.json and ds.conf are the same",
			"FAIL JWT_SECRET_INBOX is not what local.json says",
		]);
	});
	it("reports missing bindings of this machine first", async () => {
		const { edge } = await startSite();
		const lines = await said({ edge }, { JWT_SECRET: "short" });
		expect(lines.slice(0, 2)).toEqual([
			"FAIL SECURE_LINK_SECRET is missing",
			"note JWT_SECRET: the key JWT_SECRET is shorter than 16 bytes",
		]);
	});
});
