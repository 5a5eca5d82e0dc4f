/**
 * The doctor's look at the secrets of this machine, the edge and the origin: those of the server's files, and one good
 * credential of each kind. Edge and origin are known to answer by now, so a refusal is about the credential.
 */
import { REASONS } from "../../reply/catalogue.ts";
import { FAULTS } from "../../verdict.ts";
import type { Finding } from "../import/document-server-files.ts";
import { readServerFiles } from "../import/import.ts";
import { describeReason } from "../reference.ts";
import { signLink, signToken } from "../sign.ts";
import { versionIn } from "./check-advisories.ts";
import { NO_FILE } from "./check-edge.ts";
import { bad, good, note, type ProbeResponse } from "./probe.ts";
import { type DoctorOptions, NO_DOCUMENT, probeExpiry, type Site, type Step } from "./site.ts";

type ServerFiles = ReturnType<typeof readServerFiles> & Pick<DoctorOptions, "localJson" | "dsConf">;
type TokenRing = "inbox" | "browser" | "session";

/** @throws for a file that cannot be read */
export function readFiles({ localJson, dsConf }: DoctorOptions): ServerFiles | undefined {
	if (localJson === undefined && dsConf === undefined) return undefined;
	const named = { ...(localJson !== undefined && { localJson }), ...(dsConf !== undefined && { dsConf }) };
	try {
		return { ...readServerFiles(named), ...named };
	} catch (error) {
		const { code, path } = error as NodeJS.ErrnoException;
		if (path === undefined) throw error;
		throw new Error(`${path} cannot be read (${code}): correct --local-json or --ds-conf`);
	}
}

export const checkFiles = (files: ServerFiles): Step => ({
	name: "the server's files",
	run: ({ host }) => compareFiles(files, host.keys),
});

function* compareFiles(files: ServerFiles, keys: Site["host"]["keys"]): Generator<Finding> {
	const { localJson, dsConf, nginxLinkSecrets, findings, secrets } = files;
	yield* findings;
	if (localJson === undefined && nginxLinkSecrets.length === 0)
		return yield bad(
			`${dsConf} does not set $secure_link_secret`,
			"give --ds-conf the server's nginx file: /etc/nginx/conf.d/ds.conf",
		);
	const names = [localJson && "local.json", dsConf && "ds.conf"].filter(Boolean).join(" and ");
	const compared = Object.entries(secrets).flatMap(([name, secret]) => {
		const known = RING_OF[name] ? keys[RING_OF[name]].keys : [];
		return known.length === 0 ? [] : [{ name, agrees: known.some((key) => key.secret === secret) }];
	});
	const differing = compared.filter(({ agrees }) => !agrees);
	if (differing.length > 0)
		return yield bad(
			`the secrets of this machine differ from ${names}: ${differing.map(({ name }) => name).join(", ")}`,
			"docs-edge import writes the bindings that fit",
		);
	if (compared.length > 0) yield good(`the secrets of this machine are those of ${names}`);
}

const RING_OF: Readonly<Record<string, TokenRing | "outbox" | "link" | undefined>> = {
	JWT_SECRET_INBOX: "inbox",
	JWT_SECRET_BROWSER: "browser",
	JWT_SECRET_SESSION: "session",
	JWT_SECRET_OUTBOX: "outbox",
	SECURE_LINK_SECRET: "link",
};

/** Only these reasons say that two secrets differ. */
const SECRET_REASONS = ["token_signature", "link_mismatch"];
const MEND_SECRET =
	"this machine and the Worker hold different secrets: correct .dev.vars, or run wrangler secret put";

/** @returns what to do about an answer of the edge itself to a good credential; `undefined` for one of the origin */
export function findRefusal({ reason }: ProbeResponse, what: string): Finding | undefined {
	if (reason === null) return undefined;
	const known = isReason(reason) && !SECRET_REASONS.includes(reason) ? describeReason(reason) : undefined;
	const mend = known?.whatToDo ?? MEND_SECRET;
	return FAULTS.some((fault) => fault === reason)
		? bad(`the edge accepts ${what}, and cannot reach the origin (${reason})`, mend)
		: bad(`the edge refuses ${what}: ${reason}`, mend);
}

const isReason = (name: string): name is keyof typeof REASONS => Object.hasOwn(REASONS, name);

/** @returns a token of the ring's first key, and the key's name */
export async function goodToken(site: Site, ring: TokenRing, claims: object) {
	const [key] = site.host.keys[ring].keys;
	if (key === undefined) throw new Error(`no ${ring} secret on this machine`);
	const options = { algorithm: "HS256", wrapped: false, expiresSeconds: probeExpiry(site) } as const;
	// With MAX_TOKEN_AGE_SECONDS the edge refuses a token without `iat`.
	const dated = { ...claims, iat: Math.floor(site.nowMs() / 1000) };
	return { name: key.name, token: await signToken(dated, key, options) };
}

const VERSION_CALL = { c: "version" };
const hasError = ({ body }: ProbeResponse, code: number) => new RegExp(`"error":${code}\\b`).test(body);

export async function* checkToken(site: Site): AsyncGenerator<Finding> {
	const { name, token } = await goodToken(site, "inbox", VERSION_CALL);
	const response = await site.ask("/command", { method: "POST", body: JSON.stringify({ token }) });
	const refusal = findRefusal(response, `a token of ${name}`);
	if (refusal) return yield refusal;
	if (hasError(response, 6))
		return yield bad(
			"the edge accepts a good token, the origin answers error 6: the origin holds another JWT secret",
			"set ORIGIN_JWT_SECRET to the server's secret, or give both the same secret (docs-edge import)",
		);
	const version = versionIn(response.body);
	if (!hasError(response, 0) || version === undefined)
		return yield bad(
			`the origin answers the command "version" with ${response.status} and no version`,
			"check that ORIGIN leads to a Document Server, and that no proxy changes its answers",
		);
	site.found.serverVersion = version;
	yield good(`a good token is accepted by the edge and by the origin, a Document Server ${version}`);
}

export async function* checkHeader(site: Site): AsyncGenerator<Finding> {
	const { tokenHeader } = site.host;
	const { token } = await goodToken(site, "inbox", VERSION_CALL);
	const headers = { [tokenHeader.name]: tokenHeader.prefix + token };
	const response = await site.ask("/command", { method: "POST", headers });
	if (response.reason === null && hasError(response, 0))
		return yield good(`the ${tokenHeader.name} header reaches the origin`);
	const where = response.reason === null ? "before the origin" : "before the edge";
	yield bad(
		`the same token in the ${tokenHeader.name} header is refused: something ${where} strips it`,
		"find the proxy that drops the header, or set another JWT_HEADER on the edge and on the server",
	);
}

export async function* checkLink(site: Site): AsyncGenerator<Finding> {
	const [key] = site.host.keys.link.keys;
	if (key === undefined) return;
	const response = await site.ask(signLink(NO_FILE, probeExpiry(site), key));
	const refusal = findRefusal(response, `a link of ${key.name}`);
	if (refusal) return yield refusal;
	if (response.status === 404)
		return yield good("a good link to a file that is not there answers 404: the link secrets agree");
	if (response.status === 403)
		return yield bad(
			"the edge accepts a good link, the origin answers 403: the link secrets differ",
			"set ORIGIN_SECURE_LINK_SECRET to $secure_link_secret of the server's ds.conf (docs-edge import)",
		);
	if (response.status === 410)
		return yield bad(
			"the edge accepts a good link, the origin answers 410: its clock is ahead",
			"set the clock of the origin (timedatectl, chrony)",
		);
	yield note(
		`a good link to a file that is not there answers ${response.status}, not 404: the link secrets were not compared`,
		"look for this request in the origin's log",
	);
}

/** Asks for the print of a document that does not exist: this endpoint only reads. */
export async function* checkSession(site: Site): AsyncGenerator<Finding> {
	const { name, token } = await goodToken(site, "session", { document: { key: NO_DOCUMENT } });
	const response = await site.ask(`/printfile/${NO_DOCUMENT}/none.pdf?token=${token}`);
	const refusal = findRefusal(response, `a session token of ${name}`);
	if (refusal) return yield refusal;
	if (response.status === 403)
		return yield bad(
			"the edge accepts a good session token, the origin answers 403: the session secrets differ",
			"set ORIGIN_JWT_SECRET_SESSION to services.CoAuthoring.secret.session of the server (docs-edge import)",
		);
	yield good("a good session token is accepted by the edge and by the origin");
}
