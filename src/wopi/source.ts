/**
 * Whom a WOPI source names. The Document Server calls that host for whoever asks, private addresses included.
 *
 * One strict grammar decides before any URL parser reads the text: the server's three readers (WHATWG `URL`,
 * `uri-js`, its HTTP client) repair what does not fit it, each in its own way. Source: the server's
 * `wopiClient.js` and `utils.js` checkHostFilter.
 */
import { HOST_NAME, type Wopi } from "../config/wopi-hosts.ts";

type Hosts = Wopi["hosts"];

const ORIGIN = `(https?)://(${HOST_NAME})(?::([1-9]\\d{0,4}))?`;
const PATH = "(?:[\\w.~!$&'()*+,;=:@/-]|%[\\da-f]{2})*";
const SOURCE = new RegExp(`^${ORIGIN}(/${PATH})$`, "i");
/** Behind the host of a file's own URL anything may stand that no reader takes for another host. */
const FILE_URL = new RegExp(`^${ORIGIN}(?:[/?][!-~\\x80-\\uffff]*)?$`, "i");
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/** Whether the source is written so that every reader calls the same host, and that host is listed. */
export function isListedSource(source: unknown, hosts: Hosts): boolean {
	const [, scheme = "", host = "", port, path = ""] = SOURCE.exec(String(source)) ?? [];
	return typeof source === "string" && isListed(scheme, host, port, hosts) && isFilePath(path);
}

/** The same for `FileUrl` and `TemplateSource`, which a host writes with a query and any path. */
export function isListedFileUrl(url: unknown, hosts: Hosts): boolean {
	const [, scheme = "", host = "", port] = FILE_URL.exec(String(url)) ?? [];
	return typeof url === "string" && isListed(scheme, host, port, hosts);
}

function isListed(scheme: string, host: string, port: string | undefined, hosts: Hosts): boolean {
	const name = host.toLowerCase();
	const ownPort = DEFAULT_PORTS[scheme.toLowerCase()];
	const isOwnPort = port === undefined || port === ownPort;
	return hosts.has(`${name}:${port ?? ownPort}`) || (isOwnPort && hosts.has(name));
}

/** The last segment becomes the document's key; a reader that resolves dots would see another one. */
function isFilePath(path: string): boolean {
	const decoded = path.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
	const hasDots = decoded.split(/[/\\]/).some((segment) => segment === "." || segment === "..");
	return !hasDots && !path.endsWith("/");
}
