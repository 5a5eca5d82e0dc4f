/**
 * `docs-edge doctor` against a real edge, a real nginx and a server that checks tokens, healthy and in each broken
 * state. Protects against a fault that the doctor overlooks, reports twice or blames on the wrong part, and against a
 * secret in its output.
 */
import { execFile } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { freePort, type LocalRateLimit, startEdge } from "../../../local/edge.ts";
import { diagnose } from "../../../src/cli/doctor/doctor.ts";
import type { DoctorOptions } from "../../../src/cli/doctor/site.ts";
import type { Finding } from "../../../src/cli/import/document-server-files.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { VERSION } from "../../../src/version.ts";
import { startDocumentServer } from "../support/document-server.ts";
import { hasNginx, secureLinkServer, startNginx } from "../support/nginx.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";

const STATUS_SECRET = "canary: the secret of the status";
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
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serve = async (answer: RequestListener) => `http://${await listen(createServer(answer))}`;
const nothing = async () => `http://127.0.0.1:${await freePort()}`;

interface Site {
	readonly tokenSecret?: string;
	readonly sessionSecret?: string;
	readonly browserSecret?: string;
	readonly linkSecret?: string;
	/** Whether the origin uses X-Forwarded-*. */
	readonly forwarded?: boolean;
	/** Whether the origin reads the Authorization header. */
	readonly header?: boolean;
	/** The version that the origin tells. */
	readonly version?: string;
	readonly healthy?: string;
	/** How nginx answers `/doc/`; by default it passes the socket on. */
	readonly socket?: string;
	/** Directives that come first in nginx. */
	readonly nginx?: string;
	readonly bindings?: Record<string, string>;
	readonly rateLimits?: Readonly<Record<string, LocalRateLimit>>;
	/** The server in place of nginx and the Document Server. */
	readonly website?: RequestListener;
}

/** Plays DocService, as far as the doctor asks it. */
function docService(site: Site): RequestListener {
	const { tokenSecret = SECRETS.JWT_SECRET, sessionSecret = SECRETS.JWT_SECRET, version = "9.4.0" } = site;
	const isGood = (token: string, secret: string) => {
		try {
			return Boolean(jsonwebtoken.verify(token, secret));
		} catch {
			return false;
		}
	};
	return async (request, response) => {
		const body = await text(request);
		const { host = "", authorization = "" } = request.headers;
		const url = new URL(request.url ?? "", "http://origin.test");
		if (url.pathname === "/healthcheck") return response.end(site.healthy ?? "true");
		if (url.pathname === "/baseurl") {
			const { "x-forwarded-host": name, "x-forwarded-proto": proto } = request.headers;
			const prefix = request.headers["x-forwarded-prefix"] ?? "";
			return response.end((site.forwarded ?? true) ? `${proto}://${name}${prefix}` : `http://${host}`);
		}
		if (url.pathname.startsWith("/printfile/")) {
			response.statusCode = isGood(url.searchParams.get("token") ?? "", sessionSecret) ? 400 : 403;
			return response.end();
		}
		const header = (site.header ?? true) ? authorization.slice("Bearer ".length) : "";
		const token = /"token":"([^"]*)"/.exec(body)?.[1] ?? header;
		response.end(isGood(token, tokenSecret) ? JSON.stringify({ error: 0, version }) : '{"error":6}');
	};
}

async function startOrigin(site: Site): Promise<string> {
	if (site.website) return serve(site.website);
	const browser = site.browserSecret ?? SECRETS.JWT_SECRET;
	const sockets = await startDocumentServer({ secrets: { browser, session: browser } });
	cleanups.push(sockets.stop);
	const upgrade = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection;";
	const toSockets = `proxy_pass ${sockets.url}; proxy_http_version 1.1; proxy_set_header Host $http_host;`;
	const nginx = await startNginx(
		`${site.nginx ?? ""}
		${secureLinkServer(site.linkSecret ?? SECRETS.SECURE_LINK_SECRET, "return 404;")}
		location /doc/ { ${site.socket ?? toSockets + upgrade} ${site.socket === "" ? toSockets : ""} }
		location / { proxy_pass ${await serve(docService(site))}; proxy_set_header Host $http_host; }`,
	);
	cleanups.push(nginx.stop);
	return nginx.url.origin;
}

/** Starts an edge, and behind it nginx and a Document Server. */
async function startSite(site: Site = {}) {
	const origin = await startOrigin(site);
	const edge = await startEdge({
		bundle: await readBundle(),
		bindings: { ...SECRETS, ORIGIN: origin, ...site.bindings },
		...(site.rateLimits && { rateLimits: site.rateLimits }),
		onLog: () => undefined,
	});
	cleanups.push(edge.stop);
	return { edge: edge.url.origin, origin };
}

const MARKS = { good: "ok", bad: "FAIL", note: "note" };
/** The findings as lines, without the ports, which differ from run to run. */
async function said(
	options: DoctorOptions,
	bindings: object = SECRETS,
	nowMs: () => number = Date.now,
): Promise<string[]> {
	const host = readHost({ ORIGIN: "http://origin.invalid", ...bindings }, Math.floor(Date.now() / 1000));
	const findings: Finding[] = [];
	for await (const finding of diagnose(host, options, nowMs)) findings.push(finding);
	expect(JSON.stringify(findings)).not.toMatch(/canary|eyJ|md5=/);
	for (const { mark, mend } of findings) if (mark === "bad") expect(mend).toBeTruthy();
	expect(findings.at(-1)?.text).toMatch(/^not tested: /);
	return findings.map(({ mark, text }) => `${MARKS[mark]} ${text}`.replace(/127\.0\.0\.1:\d+/g, "HOST"));
}
const failures = (lines: string[]) => lines.filter((line) => line.startsWith("FAIL"));
const file = (name: string) => fileURLToPath(new URL(`files/${name}`, import.meta.url));
const mendsOf = async (options: DoctorOptions, bindings: object) => {
	const host = readHost({ ORIGIN: "http://origin.invalid", ...bindings }, 0);
	const mends: string[] = [];
	for await (const { mark, mend } of diagnose(host, options, Date.now))
		if (mark === "bad" && mend) mends.push(mend);
	return mends;
};

const NO_STATUS =
	"note no STATUS_SECRET on this machine: the doctor cannot ask the edge for its version and mode";
const HEALTHY = [
	"ok calls without a token, and with a bad one, are refused",
	"ok a wrongly signed link is refused",
	"ok a session endpoint refuses a request without a token",
	"ok the origin answers, and is a Document Server",
	"ok the clocks of the origin and of this machine agree",
	"ok a good token is accepted by the edge and by the origin, a Document Server 9.4.0",
	"ok the Authorization header reaches the origin",
	"ok a good link to a file that is not there answers 404: the link secrets agree",
	"ok a good session token is accepted by the edge and by the origin",
	"ok the editor's socket accepts a good token by polling",
	"ok the editor's socket accepts a good token as a WebSocket",
	"ok the origin knows its public URL",
	"ok /internal and /info are closed",
	"ok WOPI pages for a host that is not listed are refused (wopi_closed)",
];

describe.runIf(hasNginx)("a healthy site", () => {
	it("is reported line by line", async () => {
		const { edge } = await startSite();
		expect(await said({ edge })).toEqual([
			NO_STATUS,
			"ok the edge answers",
			...HEALTHY,
			"note the Document Server is version 9.4.0, and DS_VERSION is not set: no rule of an advisory applies",
			"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token",
			"note not tested: whether strangers reach the origin (no --origin), your WOPI source (no --wopi-source), rate limits and deny list (no STATUS_SECRET of the edge on this machine), calls of the Document Server to your integration (open and save a document, and look at the log)",
		]);
	});
	it("with a limit of the tokens' age", async () => {
		const { edge } = await startSite({ bindings: { MAX_TOKEN_AGE_SECONDS: "60", REQUIRE_EXP: "true" } });
		expect(await said({ edge })).toEqual(expect.arrayContaining(HEALTHY));
	});
	it("under a virtual path", async () => {
		const { edge } = await startSite({ bindings: { FORWARDED_PREFIX: "/ds" } });
		expect(await said({ edge: `${edge}/ds` })).toEqual(expect.arrayContaining(HEALTHY));
		expect(await said({ edge: `${edge}/ds/` })).toEqual(expect.arrayContaining(HEALTHY));
	});
	it("without X-Edge-Reason in refusals", async () => {
		const { edge } = await startSite({ bindings: { REASONS: "false" } });
		expect(failures(await said({ edge }))).toEqual([]);
	});
	it("with STATUS_SECRET: version, mode and rate limits; it waits for a limit instead of taking 429 for a fault", async () => {
		const { edge } = await startSite({
			bindings: { STATUS_SECRET, SHADOW_ROUTES: "builder" },
			rateLimits: { LIMIT_REFUSED: { limit: 4, period: 10 } },
		});
		const lines = await said({ edge }, { ...SECRETS, STATUS_SECRET });
		expect(failures(lines)).toEqual([]);
		expect(lines[0]).toBe(`ok the edge answers: version ${VERSION}, mode enforce`);
		expect(lines).toContain("note in shadow mode: builder");
		expect(lines).toContain("ok rate limits are bound: LIMIT_REFUSED");
		expect(lines).toContain("note rate limits are not bound: LIMIT_CALLS, LIMIT_SOCKETS");
	}, 60_000);
	it("with another STATUS_SECRET on this machine", async () => {
		const { edge } = await startSite({ bindings: { STATUS_SECRET } });
		const lines = await said({ edge }, { ...SECRETS, STATUS_SECRET: "another" });
		expect(failures(lines)).toEqual([]);
		expect(lines).toContain(
			"note the edge does not accept STATUS_SECRET of this machine: its version and mode are not known",
		);
	});
	it("from a machine without secrets: no fault, and what was not tested", async () => {
		const { edge } = await startSite();
		const lines = await said({ edge }, {});
		expect(failures(lines)).toEqual([]);
		expect(lines).toContain("note on this machine SECURE_LINK_SECRET is missing");
		expect(lines.at(-1)).toMatch(
			/tokens of calls \(no JWT_SECRET on this machine\).*links \(no SECURE_LINK_SECRET on this machine\)/,
		);
	});
	it("from a machine with a weak secret", async () => {
		const { edge } = await startSite({ bindings: { JWT_SECRET: "short" }, tokenSecret: "short" });
		const lines = await said({ edge }, { JWT_SECRET: "short" });
		expect(lines.slice(0, 2)).toEqual([
			"note on this machine SECURE_LINK_SECRET is missing",
			"note on this machine JWT_SECRET: the key JWT_SECRET is shorter than 16 bytes",
		]);
	});
	it("with a WOPI source that is listed", async () => {
		const { edge } = await startSite({ bindings: { WOPI_HOSTS: "wopi.example" } });
		const lines = await said({ edge, wopiSource: "https://wopi.example/wopi/files/1" });
		expect(lines).toContain("ok a WOPI page for your source reaches the server");
	});
	it("with an origin that is silent to strangers, or refuses them", async () => {
		const { edge } = await startSite();
		const silent = await serve(() => undefined);
		expect(await said({ edge, origin: silent })).toContain(
			"ok the origin does not answer strangers (HOST does not answer in time (TimeoutError))",
		);
		const shut = await serve((_, response) => response.writeHead(403).end());
		expect(await said({ edge, origin: shut })).toContain("ok the origin does not answer strangers (403)");
		const tls = `https://${await listen(createTlsServer(SELF_SIGNED))}`;
		expect(await said({ edge, origin: tls })).toContainEqual(
			expect.stringMatching(
				/^note whether strangers reach the origin is not known: no TLS connection to HOST/,
			),
		);
	}, 30_000);
});

const STRANGERS = "https://docs-edge-doctor.invalid";
/** nginx as in docs/origin.md. */
const LOCK = `set $edge_lock_secret "another";
	secure_link $http_x_edge_sig,$http_x_edge_exp;
	secure_link_md5 "$secure_link_expires$uri$edge_lock_secret";
	if ($secure_link != 1) { return 403; }`;

interface Broken extends Site {
	readonly options?: () => Promise<Partial<DoctorOptions>> | Partial<DoctorOptions>;
	/** The bindings of this machine. */
	readonly machine?: Record<string, string>;
	readonly clockMs?: number;
}

describe.runIf(hasNginx)("a broken site has one diagnosis", () => {
	it.each<[string, Broken, string | RegExp]>([
		// The edge.
		[
			"a hostname without DNS",
			{ options: () => ({ edge: STRANGERS }) },
			/^the edge: the name docs-edge-doctor\.invalid does not resolve \((?:ENOTFOUND|EAI_AGAIN)\)$/,
		],
		[
			"a port on which nothing listens",
			{ options: async () => ({ edge: await nothing() }) },
			"the edge: HOST refuses connections (ECONNREFUSED)",
		],
		[
			"a certificate that nobody trusts",
			{ options: async () => ({ edge: `https://${await listen(createTlsServer(SELF_SIGNED))}` }) },
			"the edge: no TLS connection to HOST (DEPTH_ZERO_SELF_SIGNED_CERT)",
		],
		[
			"https at a port that speaks http",
			{ options: async () => ({ edge: (await serve(() => undefined)).replace("http:", "https:") }) },
			/^the edge: no TLS connection to HOST \(ERR_SSL_/,
		],
		[
			"a server that says nothing",
			{ options: async () => ({ edge: await serve(() => undefined) }) },
			"the edge: HOST does not answer in time (TimeoutError)",
		],
		[
			"a website instead of an edge",
			{ options: async () => ({ edge: await serve((_, response) => response.end("hello")) }) },
			"http://HOST answers, and is no edge (/.edge/health answers 200)",
		],
		[
			"a server that breaks off after its first answer",
			{
				options: async () => ({
					edge: await serve((request, response) =>
						request.url === "/.edge/health" ? response.end("ok") : request.socket.destroy(),
					),
				}),
			},
			"whether the edge admits this machine: the connection to HOST breaks off (UND_ERR_SOCKET)",
		],
		[
			"--edge without the virtual path",
			{ bindings: { FORWARDED_PREFIX: "/ds" } },
			"the edge serves a virtual path, and --edge is not below it",
		],
		[
			"a hostname that the edge does not serve",
			{ bindings: { HOSTS: '{"docs.example.com":{}}' } },
			"the edge serves no host 127.0.0.1",
		],
		[
			"an edge without secrets",
			{ bindings: { JWT_SECRET: "" } },
			"the edge is not configured: its protected routes answer 503",
		],
		[
			"an edge without secrets, for a machine that may ask it",
			{ bindings: { SECURE_LINK_SECRET: "", STATUS_SECRET }, machine: { ...SECRETS, STATUS_SECRET } },
			/^the edge is not configured: SECURE_LINK_SECRET is /,
		],
		[
			"an edge without an origin",
			{ bindings: { ORIGIN: "" } },
			"the edge is not configured: its protected routes answer 503",
		],
		[
			"a lockdown",
			{ bindings: { DENY: '{"lockdown":true}' } },
			"the edge refuses this machine: All protected routes are closed: the deny list has lockdown, and the client is not in allowNetworks.",
		],
		[
			"a deny list that cannot be read",
			{ bindings: { STATUS_SECRET, DENY: '{"networks":["x"]}' }, machine: { ...SECRETS, STATUS_SECRET } },
			"DENY networks[0] is not a network like 203.0.113.0/24 or 2001:db8::/32",
		],
		// Enforcement.
		[
			"shadow mode",
			{ bindings: { MODE: "shadow" } },
			"the edge is in shadow mode: it forwards requests without a credential",
		],
		[
			"shadow mode in front of an origin that is down",
			{ bindings: { MODE: "shadow", ORIGIN: "http://127.0.0.1:2" } },
			"the edge is in shadow mode: it forwards requests without a credential",
		],
		[
			"checks of calls that are off",
			{ bindings: { JWT_ENABLED_INBOX: "false" } },
			"the edge does not check tokens of calls",
		],
		[
			"checks of session tokens that are off",
			{ bindings: { JWT_ENABLED_BROWSER: "false" } },
			"the edge does not check session tokens",
		],
		[
			"single routes in shadow mode",
			{ bindings: { SHADOW_ROUTES: "cached-file, command" } },
			"the edge does not check tokens of calls, links",
		],
		// The origin.
		[
			"an origin that is down",
			{ bindings: { ORIGIN: "http://127.0.0.1:2" } },
			"the edge cannot reach the origin (origin_unreachable)",
		],
		[
			"a DocService that is down behind its nginx",
			{ nginx: "location = /healthcheck { return 502; }" },
			"the origin's own proxy answers 502: the Document Server behind it does not run",
		],
		[
			"a wrong origin lock",
			{ nginx: LOCK, bindings: { ORIGIN_LOCK_SECRET: "canary: the lock" } },
			"the origin answers 403 to the edge on every path: it does not admit the edge",
		],
		[
			"a website as origin",
			{ website: (_, response) => response.end("<html>hello</html>") },
			"the origin is no Document Server (/healthcheck answers 200)",
		],
		[
			"a website as origin that knows no path",
			{ website: (_, response) => response.writeHead(404).end() },
			"the origin is no Document Server (/healthcheck answers 404)",
		],
		[
			"a health check alone as origin",
			{ website: (_, response) => response.end("true") },
			'the origin answers the command "version" with 200 and no version',
		],
		[
			"an origin that redirects",
			{ website: (_, response) => response.writeHead(301, { Location: "https://x.test/" }).end() },
			"the origin redirects the edge (/healthcheck answers 301)",
		],
		[
			"a Document Server without its database",
			{ healthy: "false" },
			"the Document Server says that it is not healthy (/healthcheck answers false)",
		],
		// Clocks and secrets.
		[
			"clocks that differ",
			{ clockMs: -90_000 },
			/^the clock of the origin is (?:89|90|91) s ahead of this machine's$/,
		],
		[
			"another JWT secret in the Worker",
			{ bindings: { JWT_SECRET: "another" } },
			"the edge refuses a token of JWT_SECRET: token_signature",
		],
		[
			"another JWT secret at the origin",
			{ tokenSecret: "another" },
			"the edge accepts a good token, the origin answers error 6: the origin holds another JWT secret",
		],
		[
			"a token header that is stripped on the way",
			{ header: false },
			"the same token in the Authorization header is refused: something before the origin strips it",
		],
		[
			"a limit of the links' lifetime",
			{ bindings: { MAX_LINK_LIFETIME_SECONDS: "60" } },
			"the edge refuses a link of SECURE_LINK_SECRET: link_lifetime",
		],
		[
			"another link secret in the Worker",
			{ bindings: { SECURE_LINK_SECRET: "another" } },
			"the edge refuses a link of SECURE_LINK_SECRET: link_mismatch",
		],
		[
			"another link secret at the origin",
			{ linkSecret: "another" },
			"the edge accepts a good link, the origin answers 403: the link secrets differ",
		],
		[
			"a denied key of tokens",
			{ bindings: { DENY: '{"keys":{"JWT_SECRET":true}}' } },
			"the edge refuses a token of JWT_SECRET: denied_key",
		],
		[
			"a denied key of links",
			{ bindings: { DENY: '{"keys":{"SECURE_LINK_SECRET":true}}' } },
			"the edge refuses a link of SECURE_LINK_SECRET: denied_key",
		],
		[
			"another session secret in the Worker",
			{ bindings: { JWT_SECRET_SESSION: "another" } },
			"the edge refuses a session token of JWT_SECRET: token_signature",
		],
		[
			"another session secret at the origin",
			{ sessionSecret: "another" },
			"the edge accepts a good session token, the origin answers 403: the session secrets differ",
		],
		[
			"other secrets in the server's files",
			{ options: () => ({ localJson: file("docker-local.json"), dsConf: file("package-ds.conf") }) },
			"the secrets of this machine differ from local.json and ds.conf: JWT_SECRET_INBOX, JWT_SECRET_OUTBOX, JWT_SECRET_SESSION, JWT_SECRET_BROWSER, SECURE_LINK_SECRET",
		],
		[
			"another link secret in ds.conf, without local.json",
			{ options: () => ({ dsConf: file("package-ds.conf") }) },
			"the secrets of this machine differ from ds.conf: SECURE_LINK_SECRET",
		],
		// The socket.
		[
			"another browser secret at the origin",
			{ browserSecret: "another" },
			"the editor's socket refuses a token of JWT_SECRET by polling (token:invalid signature)",
		],
		[
			"another browser secret in the Worker",
			{ bindings: { JWT_SECRET_BROWSER: "another" } },
			"the editor's socket refuses a token of JWT_SECRET by polling (token:invalid signature)",
		],
		[
			"a proxy that passes no /doc/",
			{ socket: "return 404;" },
			"the origin does not open the editor's socket (404)",
		],
		[
			"a proxy that passes no WebSocket",
			{ socket: "" },
			"the editor's socket opens by polling, and not as a WebSocket",
		],
		// The rest.
		[
			"an origin that ignores X-Forwarded-*",
			{ forwarded: false },
			"the origin takes http://HOST for its public URL, and it is http://HOST",
		],
		[
			"WOPI in shadow mode",
			{ bindings: { SHADOW_ROUTES: "wopi-page" } },
			"a WOPI page for a host that is not listed is not refused: the server calls any host that a stranger names",
		],
		[
			"a WOPI source at an edge without WOPI",
			{ options: () => ({ wopiSource: "https://wopi.example/wopi/files/1" }) },
			"WOPI is closed at the edge",
		],
		[
			"a WOPI source that is not listed",
			{
				bindings: { WOPI_HOSTS: "other.example" },
				options: () => ({ wopiSource: "https://wopi.example/wopi/files/1" }),
			},
			"the WOPI source is refused: its host is not in WOPI_HOSTS, or the source is not written plainly",
		],
		[
			"an --origin without DNS",
			{ options: () => ({ origin: STRANGERS }) },
			/^--origin cannot be tested: the name docs-edge-doctor\.invalid does not resolve/,
		],
		[
			"an --origin on which nothing listens",
			{ options: async () => ({ origin: await nothing() }) },
			"--origin cannot be tested: HOST refuses connections (ECONNREFUSED)",
		],
		[
			"an origin that answers strangers",
			{ options: async () => ({ origin: await serve((_, response) => response.end("true")) }) },
			"the origin answers anyone directly: strangers go round the edge",
		],
	])(
		"%s",
		async (_, broken, expected) => {
			const { options = () => ({}), machine = SECRETS, clockMs = 0, ...site } = broken;
			const { edge } = await startSite(site);
			const lines = await said({ edge, ...(await options()) }, machine, () => Date.now() + clockMs);
			expect(failures(lines)).toHaveLength(1);
			const diagnosis = failures(lines)[0]?.replace("FAIL ", "");
			expect(diagnosis).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
		},
		30_000,
	);
	it("stops at the fault, and says what it did not test", async () => {
		const lines = await said({ edge: await nothing() });
		expect(lines.slice(0, -1)).toEqual(["FAIL the edge: HOST refuses connections (ECONNREFUSED)"]);
		expect(lines.at(-1)).toMatch(
			/^note not tested: whether the edge admits this machine, whether the edge enforces, the origin, clocks, /,
		);
	});
	it("knows of an edge that forwards everything that it does not enforce", async () => {
		const edge = await serve((request, response) =>
			response.end(request.url === "/.edge/health" ? "ok" : '{"error":0}'),
		);
		expect(failures(await said({ edge }))).toEqual([
			"FAIL the edge is in shadow mode: it forwards requests without a credential",
		]);
	});
	it("names the binding that switches checks off, if it may ask the edge", async () => {
		const { edge } = await startSite({ bindings: { STATUS_SECRET, JWT_ENABLED_INBOX: "false" } });
		const machine = { ...SECRETS, STATUS_SECRET };
		expect(await mendsOf({ edge }, machine)).toEqual(['set JWT_ENABLED_INBOX = "true"']);
		expect(await mendsOf({ edge }, SECRETS)).toEqual([
			'set JWT_ENABLED_INBOX = "true", or take command out of SHADOW_ROUTES',
		]);
	});
	it("does not take a denial for a wrong secret", async () => {
		const { edge } = await startSite({ bindings: { DENY: '{"keys":{"JWT_SECRET":true}}' } });
		expect((await mendsOf({ edge }, SECRETS)).join()).not.toContain("secrets");
	});
});

describe.runIf(hasNginx)("advisories", () => {
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
				"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token",
				"FAIL the Document Server is version 9.4.0, and DS_VERSION is 9.3.1",
			],
		],
		[
			"9.3.10",
			{ DS_VERSION: "9.3.1" },
			[
				"ok the edge closes known holes of this version: file-by-argument, wopi-caller-names-host, convert-to-without-token, convert-and-edit-xss, xls-file-read",
				"FAIL the Document Server is version 9.3.10, and DS_VERSION is 9.3.1",
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
	])("of version %s with %j", async (version, bindings, expected) => {
		const { edge } = await startSite({ version, bindings });
		const lines = await said({ edge }, { ...SECRETS, ...bindings });
		const about = lines.filter((line) => /known hole|DS_VERSION|only an upgrade/.test(line));
		expect(about).toEqual(expected);
	});
});

describe("on the command line", () => {
	const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
	const run = (...options: string[]) =>
		new Promise<[code: number, output: string]>((resolve) => {
			const args = ["--disable-warning=ExperimentalWarning", MAIN, "doctor", ...options];
			execFile(process.execPath, args, { env: { ...process.env, ...SECRETS } }, (error, stdout, stderr) =>
				resolve([Number(error?.code ?? 0), stdout + stderr]),
			);
		});
	it.each(["--ds-conf", "--local-json"])("a missing file of %s is named", async (option) => {
		const [code, output] = await run("--edge", await nothing(), option, "/no/such/file");
		expect([code, output]).toEqual([
			2,
			"docs-edge: /no/such/file cannot be read (ENOENT): correct --local-json or --ds-conf\n",
		]);
	});
	it("an --edge that is no URL", async () => {
		const [code, output] = await run("--edge", "docs.example.com");
		expect([code, output]).toEqual([
			2,
			expect.stringContaining("docs.example.com is no URL: write it with its scheme"),
		]);
	});
	it("a fault gives exit code 1, and --json its findings", async () => {
		const [code, output] = await run("--edge", await nothing(), "--json");
		const findings: Finding[] = JSON.parse(output);
		expect([code, findings.filter(({ mark }) => mark === "bad")]).toEqual([
			1,
			[{ mark: "bad", text: expect.stringContaining("refuses connections"), mend: expect.any(String) }],
		]);
	});
});
