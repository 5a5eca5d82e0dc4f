/**
 * Tells by name why a server gave no response: DNS, TLS, a refused connection, a time limit. `fetch` says "fetch failed"
 * for all of them, and each has another remedy.
 */

export type UnansweredKind = "dns" | "refused" | "tls" | "timeout" | "broken";

export class UnansweredError extends Error {
	readonly kind: UnansweredKind;
	constructor(kind: UnansweredKind, message: string) {
		super(message);
		this.kind = kind;
	}
}

/** @param error what `fetch` threw */
export function readUnanswered(error: unknown, url: string): UnansweredError {
	const { host, hostname } = new URL(url);
	const code = codeOf(error);
	// `fetch` never calls the ports of other protocols, and gives no code ("bad port").
	const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? "broken";
	return new UnansweredError(kind, `${SENTENCES[kind](host, hostname)} (${code})`);
}

/** Node nests the code: the error of `fetch` has a cause, and one of several addresses has an error of its own. */
function codeOf(error: unknown): string {
	const { name, message, code, cause } = Object(error) as Error & { code?: unknown };
	if (name === "TimeoutError") return name;
	if (typeof code === "string") return code;
	return cause === undefined ? String(message) : codeOf(cause);
}

const KINDS: readonly (readonly [RegExp, UnansweredKind])[] = [
	[/^(?:ENOTFOUND|EAI_)/, "dns"],
	[/^ECONNREFUSED$/, "refused"],
	[/CERT|_TLS_|_SSL_|^EPROTO$|SIGNATURE|ISSUER/, "tls"],
	[/TIMEOUT|TimeoutError|^ETIMEDOUT$/, "timeout"],
];

const SENTENCES: Readonly<Record<UnansweredKind, (host: string, hostname: string) => string>> = {
	dns: (_, hostname) => `the name ${hostname} does not resolve`,
	refused: (host) => `${host} refuses connections`,
	tls: (host) => `no TLS connection to ${host}`,
	timeout: (host) => `${host} does not answer in time`,
	broken: (host) => `the connection to ${host} breaks off`,
};

export const MEND_UNANSWERED: Readonly<Record<UnansweredKind, string>> = {
	dns: "correct the hostname in the URL, or add its DNS record",
	refused: "correct the port in the URL, and check that the server runs",
	tls: "check the certificate (its names, its date, its issuer), and that the port speaks https",
	timeout: "check the firewall, and the route in wrangler.toml",
	broken: "check that the port speaks the scheme of the URL, and look at the proxies on the way",
};

/**
 * The URL of a path below a server's URL. `https://h/ds` keeps its virtual path: `new URL(path, base)` would drop it.
 *
 * @throws for a text that is no http(s) URL
 */
export function urlBelow(serverUrl: string, path: string): string {
	const url = URL.parse(serverUrl);
	if (!url || !/^https?:$/.test(url.protocol))
		throw new Error(`${serverUrl} is no URL: write it with its scheme, https://docs.example.com`);
	return url.origin + url.pathname.replace(/\/+$/, "") + path;
}
