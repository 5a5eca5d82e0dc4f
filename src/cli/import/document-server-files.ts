/**
 * Reads the Document Server's own files: `local.json` and nginx's `ds.conf`, in all their layouts, with the
 * comments and trailing commas that people leave in them.
 */
import json5 from "json5";

export interface ServerSettings {
	/** By binding name. */
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

/** @throws SyntaxError without any of the text in it */
export function parseLocalJson(text: string): Pick<ServerSettings, "secrets" | "variables"> {
	let tree: unknown;
	try {
		tree = json5.parse(text.replace(/^\ufeff/, ""));
	} catch (error) {
		const { lineNumber } = error as { lineNumber?: number };
		throw new SyntaxError(`local.json is no JSON (line ${lineNumber ?? "?"})`);
	}
	const service = member(tree, "services", "CoAuthoring");
	const secrets: Record<string, string> = {};
	const variables: Record<string, string> = {};
	const set = (into: Record<string, string>, name: string, value: unknown) => {
		if (value !== undefined && typeof value !== "object") into[name] = String(value);
	};
	for (const kind of ["inbox", "outbox", "session", "browser"]) {
		set(secrets, `JWT_SECRET_${kind.toUpperCase()}`, member(service, "secret", kind, "string"));
	}
	set(secrets, "SECURE_LINK_SECRET", member(tree, "storage", "fs", "secretString"));
	set(variables, "JWT_ENABLED_BROWSER", member(service, "token", "enable", "browser"));
	set(variables, "JWT_ENABLED_INBOX", member(service, "token", "enable", "request", "inbox"));
	set(variables, "JWT_ENABLED_OUTBOX", member(service, "token", "enable", "request", "outbox"));
	set(variables, "JWT_HEADER", member(service, "token", "inbox", "header"));
	set(variables, "JWT_PREFIX", member(service, "token", "inbox", "prefix"));
	set(variables, "CLOCK_TOLERANCE_SECONDS", member(service, "token", "verifyOptions", "clockTolerance"));
	set(variables, "TOKEN_REQUIRED_PARAMS", member(service, "server", "tokenRequiredParams"));
	return { secrets, variables };
}

/** `set $secure_link_secret VALUE;`, quoted or not, outside comments. */
const SET_SECRET =
	/^[^#\n]*?\bset\s+\$secure_link_secret\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))\s*;/gm;

export function parseDsConf(text: string): readonly string[] {
	const plain = (value: string) => value.replace(/\\(.)/g, "$1");
	return [...text.matchAll(SET_SECRET)].map(([, double, single, bare]) =>
		bare === undefined ? plain(double ?? single ?? "") : bare,
	);
}

export interface Finding {
	readonly mark: "good" | "bad" | "note";
	readonly text: string;
	/** What to do. */
	readonly mend?: string;
}

const SIGNS = "DocService signs links with storage.fs.secretString of local.json";
const CHECKS = "nginx checks them with $secure_link_secret of ds.conf";
const MEND =
	"on the server: documentserver-update-securelink.sh (Docker: restart the container), which writes one new secret into both";

/** Whether the two secrets of links agree, and what is missing. */
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
