/**
 * Checks that a WOPI source names a listed host. Without this, any caller can make the Document Server call any host,
 * private addresses included.
 *
 * The server has three readers of a source: WHATWG `URL`, `uri-js` and its HTTP client. Each repairs a malformed URL in
 * its own way, so one strict grammar decides before any parser. Source: the server's `wopiClient.js`, `utils.js`
 * checkHostFilter.
 */
import { HOST_NAME, type Wopi } from "../config/wopi-hosts.ts";
import { decodeEscapes } from "../encoding/percent.ts";

type Hosts = Wopi["hosts"];

const SITE = `(https?)://(${HOST_NAME})(?::([1-9]\\d{0,4}))?`;
const PATH = "(?:[\\w.~!$&'()*+,;=:@/-]|%[\\da-f]{2})*";
const SOURCE = new RegExp(`^${SITE}(/${PATH})$`, "i");
/** After the host, a file URL may contain every character that no reader takes for a part of the host. */
const FILE_URL = new RegExp(`^${SITE}(?:[/?][!-~\\x80-\\uffff]*)?$`, "i");
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/** Whether every reader of the source calls the same host, and this host is listed. */
export function isListedSource(source: unknown, hosts: Hosts): boolean {
	const [, scheme = "", host = "", port, path = ""] = SOURCE.exec(String(source)) ?? [];
	return typeof source === "string" && isListed(scheme, host, port, hosts) && isFilePath(path);
}

/** The same for `FileUrl` and `TemplateSource`, which may have a query and any path. */
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

/** The server makes the document key from the last segment. A reader that resolves dots would see another segment. */
function isFilePath(path: string): boolean {
	const hasDots = decodeEscapes(path)
		.split(/[/\\]/)
		.some((segment) => segment === "." || segment === "..");
	return !hasDots && !path.endsWith("/");
}
