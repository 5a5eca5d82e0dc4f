/**
 * Reads the Document Server's `local.json` and nginx's `ds.conf`, in the layouts of its packages. Accepts the comments
 * and trailing commas that people leave in `local.json`. An error never quotes a file: the files hold secrets.
 */
import json5 from "json5";
import { findWithoutEffect } from "./without-effect.ts";

export interface ServerSettings {
	/** The keys are the names of bindings. */
	readonly secrets: Readonly<Record<string, string>>;
	readonly variables: Readonly<Record<string, string>>;
	/** Every `$secure_link_secret` of the nginx configuration, in order. */
	readonly nginxLinkSecrets: readonly string[];
}

type Tree = Readonly<Record<string, unknown>>;

const member = (tree: unknown, ...path: readonly string[]): unknown =>
	path.reduce<unknown>(
		(at, name) => (typeof at === "object" && at !== null ? (at as Tree)[name] : undefined),
		tree,
	);

export interface LocalJson extends Pick<ServerSettings, "secrets" | "variables"> {
	/** Settings that have no effect. */
	readonly findings: readonly Finding[];
}

/** @throws SyntaxError that names the line and quotes nothing */
export function parseLocalJson(text: string): LocalJson {
	if (/\bset\s+\$secure_link_secret\b/.test(text))
		throw new SyntaxError("--local-json names an nginx configuration: give it as --ds-conf");
	let tree: unknown;
	try {
		tree = json5.parse(text.replace(/^\ufeff/, ""));
	} catch (error) {
		const { lineNumber } = error as { lineNumber?: number };
		throw new SyntaxError(`local.json is no JSON (line ${lineNumber ?? "?"})`);
	}
	const coAuthoring = member(tree, "services", "CoAuthoring");
	const secrets: Record<string, string> = {};
	const variables: Record<string, string> = {};
	const set = (into: Record<string, string>, name: string, value: unknown) => {
		if (value !== undefined && typeof value !== "object") into[name] = String(value);
	};
	for (const kind of ["inbox", "outbox", "session", "browser"]) {
		set(secrets, `JWT_SECRET_${kind.toUpperCase()}`, member(coAuthoring, "secret", kind, "string"));
	}
	set(secrets, "SECURE_LINK_SECRET", member(tree, "storage", "fs", "secretString"));
	set(variables, "JWT_ENABLED_BROWSER", member(coAuthoring, "token", "enable", "browser"));
	set(variables, "JWT_ENABLED_INBOX", member(coAuthoring, "token", "enable", "request", "inbox"));
	set(variables, "JWT_ENABLED_OUTBOX", member(coAuthoring, "token", "enable", "request", "outbox"));
	set(variables, "JWT_HEADER", member(coAuthoring, "token", "inbox", "header"));
	set(variables, "JWT_PREFIX", member(coAuthoring, "token", "inbox", "prefix"));
	set(variables, "CLOCK_TOLERANCE_SECONDS", member(coAuthoring, "token", "verifyOptions", "clockTolerance"));
	set(variables, "TOKEN_REQUIRED_PARAMS", member(coAuthoring, "server", "tokenRequiredParams"));
	return { secrets, variables, findings: findWithoutEffect(member(coAuthoring, "token")) };
}

/** Finds `set $secure_link_secret VALUE;`, quoted or not, unless it stands in a comment. */
const SET_SECRET =
	/^[^#\n]*?\bset\s+\$secure_link_secret\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))\s*;/gm;

/** @throws SyntaxError for the server's local.json */
export function parseDsConf(text: string): readonly string[] {
	if (/^\s*\{/.test(text) && text.includes('"CoAuthoring"'))
		throw new SyntaxError("--ds-conf names the server's local.json: give it as --local-json");
	const plain = (value: string) => value.replace(/\\(.)/g, "$1");
	return [...text.matchAll(SET_SECRET)].map(([, double, single, bare]) =>
		bare === undefined ? plain(double ?? single ?? "") : bare,
	);
}

export interface Finding {
	readonly mark: "good" | "bad" | "note";
	readonly text: string;
	/** The next thing to do. */
	readonly mend?: string;
}

const SIGNS = "DocService signs links with storage.fs.secretString of local.json";
const CHECKS = "nginx checks them with $secure_link_secret of ds.conf";
const MEND =
	"on the server: documentserver-update-securelink.sh (Docker: restart the container), which writes one new secret into both";

/** Compares the secret that signs links with the secrets that nginx checks them with. */
export function compareLinkSecrets(
	signing: string | undefined,
	checking: readonly string[] | undefined,
): Finding[] {
	if (checking === undefined) return [];
	if (signing === undefined) {
		return [
			{
				mark: "bad",
				text: "local.json has no storage.fs.secretString: links are signed with the default",
				mend: MEND,
			},
		];
	}
	if (checking.length === 0) {
		return [
			{ mark: "bad", text: "ds.conf does not set $secure_link_secret: nginx refuses every link", mend: MEND },
		];
	}
	const several = checking.length > 1 ? ` (${checking.length} servers in ds.conf)` : "";
	if (checking.every((secret) => secret === signing)) {
		return [{ mark: "good", text: `the link secrets of local.json and ds.conf are the same${several}` }];
	}
	const different = checking.filter((secret) => secret !== signing).length;
	const which = checking.length > 1 ? ` in ${different} of ${checking.length} servers` : "";
	return [
		{
			mark: "bad",
			text: `the link secrets differ${which}: ${SIGNS}, ${CHECKS}; every link answers 403`,
			mend: MEND,
		},
	];
}
