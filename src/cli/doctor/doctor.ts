/**
 * `docs-edge doctor`: probes a live edge and the Document Server behind it, and reports one finding after another. Each
 * fault comes with the next thing to do. A finding never holds a secret, a token or a signature.
 */
import type { Host } from "../../config/host.ts";
import { DENIALS } from "../../verdict.ts";
import type { Finding } from "../import/document-server-files.ts";
import { readServerFiles } from "../import/import.ts";
import { describeReason } from "../reference.ts";
import { signLink, signToken } from "../sign.ts";
import { checkAdvisories, versionIn } from "./check-advisories.ts";
import { checkLimits } from "./check-limits.ts";
import { bad, good, note, type ProbeResponse, probe } from "./probe.ts";
import { checkWopi } from "./probe-wopi.ts";

export interface DoctorOptions {
	readonly edge: string;
	readonly origin?: string;
	readonly localJson?: string;
	readonly dsConf?: string;
	/** A WOPI source of the operator: the edge has to forward its page. */
	readonly wopiSource?: string;
}

const CLOCK_SLACK_SECONDS = 5;
/** No Document Server has this file, so the response to a good link is 404. */
const NO_FILE = "/cache/files/data/docs-edge-doctor/no-such-file/none.docx";
const PROBE_LIFETIME_SECONDS = 600;
const probeExpiry = (nowMs: () => number) => Math.floor(nowMs() / 1000) + PROBE_LIFETIME_SECONDS;

/** The token probe and the link probe can find the same two faults. */
const MEND_ORIGIN = "check that the origin is up, and that ORIGIN is its URL";
const MEND_SECRET =
	"this machine and the Worker hold different secrets: correct .dev.vars, or run wrangler secret put";

/** The text about a refusal by the deny list, whose credential may be good. */
function readDenial(reason: string | null | undefined) {
	const denial = DENIALS.find((one) => one === reason);
	return denial && describeReason(denial);
}

const mendOf = (reason: string): string => readDenial(reason)?.whatToDo ?? MEND_SECRET;

/** @param nowMs the clock of this machine, Unix milliseconds */
export async function* diagnose(
	host: Host,
	options: DoctorOptions,
	nowMs: () => number,
): AsyncGenerator<Finding> {
	const { edge, origin } = options;
	yield* checkConfiguration(host, options);
	const health = await probe(edge, "/.edge/health");
	if (health === undefined)
		return yield bad(`${edge} cannot be reached`, "check the URL, DNS and the route in wrangler.toml");
	if (health.body !== "ok") {
		return yield bad(
			`${edge} answers, and is no edge`,
			"check that the hostname's route leads to this Worker (wrangler deploy, routes)",
		);
	}
	yield good("the edge answers");
	const denial = readDenial((await probe(edge, "/command", { method: "POST", body: "{}" }))?.reason);
	if (denial) return yield bad(`the edge refuses this machine: ${denial.meaning}`, denial.whatToDo);
	yield* checkRefusals(edge);
	yield* checkToken(host, edge, nowMs);
	yield* checkLinkSecret(host, edge, nowMs);
	yield* checkClocks(edge, origin, nowMs);
	yield* checkForwarding(edge);
	yield* checkClosed(edge);
	yield* checkLimits(host, edge, Math.floor(nowMs() / 1000));
	yield* checkWopi(edge, options.wopiSource);
	if (origin !== undefined) yield* checkBypass(origin);
}

function* checkConfiguration(host: Host, { localJson, dsConf }: DoctorOptions): Generator<Finding> {
	for (const { binding, problem } of host.problems)
		yield bad(`${binding} ${problem}`, `wrangler secret put ${binding}, or set it in wrangler.toml`);
	for (const { binding, key, warning } of host.warnings)
		yield note(`${binding}: the key ${key} ${warning}`, "make another: openssl rand -hex 32");
	if (localJson === undefined) return;
	const files = readServerFiles({ localJson, ...(dsConf !== undefined && { dsConf }) });
	yield* files.findings;
	const differs = Object.entries(files.secrets).filter(([name, secret]) => {
		const ring = RING_OF[name];
		return ring && !host.keys[ring].keys.some((key) => key.secret === secret);
	});
	for (const [name] of differs)
		yield bad(`${name} is not what local.json says`, "docs-edge import writes the bindings that fit");
	if (differs.length === 0) yield good("the edge's secrets are those of local.json");
}

const RING_OF: Readonly<Record<string, "inbox" | "browser" | "session" | "outbox" | "link" | undefined>> = {
	JWT_SECRET_INBOX: "inbox",
	JWT_SECRET_BROWSER: "browser",
	JWT_SECRET_SESSION: "session",
	JWT_SECRET_OUTBOX: "outbox",
	SECURE_LINK_SECRET: "link",
};

async function* checkRefusals(edge: string): AsyncGenerator<Finding> {
	const unsigned = await probe(edge, "/command", { method: "POST", body: "{}" });
	const wrong = await probe(edge, "/command", { method: "POST", body: '{"token":"x.y.z"}' });
	if (unsigned?.reason === "edge_misconfigured") {
		return yield bad(
			"the edge is not configured: its protected routes answer 503",
			"read the name of the binding in the log: wrangler tail",
		);
	}
	const refused = [unsigned, wrong].every((response) => response !== undefined && hasError(response, 6));
	if (refused) yield good("calls without a token, and with a bad one, are refused");
	else
		yield bad(
			"a call without a good token is not refused",
			"check MODE and JWT_ENABLED: the edge may be in shadow mode, or its token check may be off",
		);
	const link = await probe(edge, `${NO_FILE}?md5=AAAAAAAAAAAAAAAAAAAAAA&expires=4102444800`);
	if (link?.status === 403) yield good("a wrongly signed link is refused");
	else
		yield bad(
			`a wrongly signed link answers ${link?.status ?? "nothing"}`,
			"check MODE: the edge may be in shadow mode",
		);
}

const hasError = ({ body }: ProbeResponse, code: number) => new RegExp(`"error":${code}\\b`).test(body);

async function* checkToken(host: Host, edge: string, nowMs: () => number): AsyncGenerator<Finding> {
	const key = host.keys.inbox.keys[0];
	if (key === undefined)
		return yield note(
			"no inbox secret on this machine: the doctor did not try a good token",
			"set JWT_SECRET in .dev.vars or in the environment",
		);
	const expiresSeconds = probeExpiry(nowMs);
	const token = await signToken({ c: "version" }, key, {
		algorithm: "HS256",
		wrapped: false,
		expiresSeconds,
	});
	const call = (init: RequestInit) => probe(edge, "/command", { method: "POST", ...init });
	const inBody = await call({ body: JSON.stringify({ token }) });
	const inHeader = await call({ headers: { [host.tokenHeader.name]: host.tokenHeader.prefix + token } });
	if (inBody === undefined) return yield bad("a call with a good token is not answered", MEND_ORIGIN);
	if (inBody.reason?.startsWith("origin_"))
		return yield bad(
			`the edge accepts a good token and cannot reach the origin (${inBody.reason})`,
			"check ORIGIN, and that the server's firewall admits the edge",
		);
	if (inBody.reason)
		return yield bad(`the edge refuses a token of ${key.name}: ${inBody.reason}`, mendOf(inBody.reason));
	if (hasError(inBody, 6)) {
		return yield bad(
			"the edge accepts, the origin answers error 6: the origin holds another JWT secret",
			"set ORIGIN_JWT_SECRET to the server's secret, or give both the same secret (docs-edge import)",
		);
	}
	yield good("a good token is accepted by the edge and by the origin");
	yield* checkAdvisories(versionIn(inBody.body), host);
	if (inHeader !== undefined && inHeader.reason === null && hasError(inHeader, 0))
		return yield good(`the ${host.tokenHeader.name} header reaches the origin`);
	yield bad(
		`the same token in the ${host.tokenHeader.name} header is refused: something on the way strips it`,
		"find the proxy that drops the header, or set another JWT_HEADER on the edge and on the server",
	);
}

async function* checkLinkSecret(host: Host, edge: string, nowMs: () => number): AsyncGenerator<Finding> {
	const key = host.keys.link.keys[0];
	if (key === undefined)
		return yield note(
			"no link secret on this machine: the doctor did not try a good link",
			"set SECURE_LINK_SECRET in .dev.vars or in the environment",
		);
	const response = await probe(edge, signLink(NO_FILE, probeExpiry(nowMs), key));
	if (response === undefined) return yield bad("a good link is not answered", MEND_ORIGIN);
	if (response.reason)
		return yield bad(`the edge refuses a link of ${key.name}: ${response.reason}`, mendOf(response.reason));
	if (response.status === 404)
		return yield good("a good link to a file that is not there answers 404: the link secrets agree");
	if (response.status === 403)
		return yield bad(
			"the edge accepts a good link, the origin answers 403: the link secrets differ",
			"set ORIGIN_SECURE_LINK_SECRET to $secure_link_secret of the server's ds.conf (docs-edge import)",
		);
	yield note(
		`a good link to a file that is not there answers ${response.status}, not 404: the link secrets were not compared`,
		"look for this request in the origin's log",
	);
}

async function* checkClocks(
	edge: string,
	origin: string | undefined,
	nowMs: () => number,
): AsyncGenerator<Finding> {
	const clocks: [string, string, string][] = [
		["the edge", edge, "/.edge/health"],
		["the origin", origin ?? edge, "/healthcheck"],
	];
	for (const [name, serverUrl, path] of clocks) {
		const response = await probe(serverUrl, path);
		const date = Date.parse(response?.headers.get("Date") ?? "");
		if (Number.isNaN(date)) continue;
		const apart = Math.round((date - nowMs()) / 1000);
		if (Math.abs(apart) <= CLOCK_SLACK_SECONDS) yield good(`the clocks of ${name} and of this machine agree`);
		else
			yield bad(
				`the clock of ${name} is ${Math.abs(apart)} s ${apart > 0 ? "ahead of" : "behind"} this machine's`,
				"set the clock (timedatectl, chrony): links and tokens expire by it",
			);
	}
}

async function* checkForwarding(edge: string): AsyncGenerator<Finding> {
	const response = await probe(edge, "/baseurl");
	if (response?.status !== 200)
		return yield note("the origin does not answer /baseurl: the doctor did not check X-Forwarded-*");
	const expected = new URL(edge).origin;
	if (response.body.trim().replace(/\/$/, "") === expected)
		return yield good("the origin knows its public URL");
	yield bad(
		`the origin takes ${response.body.trim().slice(0, 100)} for its public URL, and it is ${expected}`,
		"let every proxy before the server pass X-Forwarded-Host and X-Forwarded-Proto; set FORWARDED_PREFIX for a virtual path",
	);
}

async function* checkClosed(edge: string): AsyncGenerator<Finding> {
	const responses = await Promise.all(
		["/internal/connections/edit", "/info/info.json", "/9.0.0-1/%69nfo/info.json"].map((path) =>
			probe(edge, path),
		),
	);
	if (responses.every((response) => response?.status === 403)) yield good("/internal and /info are closed");
	else yield bad("/internal or /info answers", "check that the hostname's route leads to this Worker");
}

async function* checkBypass(origin: string): AsyncGenerator<Finding> {
	const response = await probe(origin, "/healthcheck");
	if (response === undefined || response.status === 403)
		return yield good("the origin does not answer strangers");
	yield bad(
		"the origin answers anyone directly: strangers go round the edge",
		"admit the edge only: by a firewall for Cloudflare's addresses, or by a Cloudflare Tunnel",
	);
}
