/**
 * Reads a curl command line of bash, cmd or PowerShell, as terminals and browsers ("copy as cURL") write it. The line is
 * parsed, and never run. Source: curl's manual, and curl 8's list of options.
 */
import { type PastedRequest, splitHeader } from "./pasted.ts";
import { shellWords } from "./shell-words.ts";

/** The short options that take a value. */
const SHORT_WITH_VALUE = "AbcCdDeEFhHKmoPQrtTuUwXyYzx";
/** The long options that take a value. All others are switches. */
const LONG_WITH_VALUE = new Set(
	`abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
	continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
	delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-ca-embed dump-header ech egd-file engine
	etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
	ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header help hostpubmd5 hostpubsha256 hsts interface
	ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options
	mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir
	parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
	proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
	proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey
	quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid
	service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr
	telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii
	trace-config unix-socket upload-file url url-query user user-agent variable vlan-priority write-out`.split(
		/\s+/,
	),
);
/** The short names of the options that shape the request. */
const LONG_NAME: Readonly<Record<string, string>> = {
	A: "user-agent",
	b: "cookie",
	d: "data",
	e: "referer",
	F: "form",
	G: "get",
	H: "header",
	I: "head",
	T: "upload-file",
	u: "user",
	X: "request",
};

interface CurlOption {
	readonly name: string;
	readonly value: string;
}

export function readCurl(line: string): PastedRequest {
	const { options, urls } = readOptions(shellWords(line).slice(1));
	const valuesOf = (...names: string[]) =>
		options.filter(({ name }) => names.includes(name)).map(({ value }) => value);
	const has = (name: string) => options.some((option) => option.name === name);
	const [url, ...others] = [...valuesOf("url"), ...urls];
	if (url === undefined) throw new Error("that curl command line has no URL");

	const notes = others.length > 0 ? ["of several URLs, only the first was read"] : [];
	const data = options.flatMap(({ name, value }) => {
		if (!/^(?:data(?:-ascii|-binary|-raw|-urlencode)?|json)$/.test(name)) return [];
		const isFile = name !== "data-raw" && value.startsWith("@");
		if (isFile)
			notes.push(`the body is in the file ${value.slice(1)}, which was not read: paste the body instead`);
		return isFile ? [] : [name === "data-urlencode" ? encodeData(value) : value];
	});
	if (has("form") || has("form-string") || has("upload-file"))
		notes.push("the form or file of this line was not read");

	const headers = headersOf(options);
	const method = valuesOf("request").at(-1) ?? methodOf(has, data);
	const target = withScheme(url);
	if (has("get") && data.length > 0) {
		const joined = `${target}${target.includes("?") ? "&" : "?"}${data.join("&")}`;
		return { method, url: joined, headers, bareToken: false, notes };
	}
	const body = data.length > 0 ? { body: data.join(has("json") ? "" : "&") } : {};
	return { method, url: target, headers, bareToken: false, notes, ...body };
}

function readOptions(words: readonly string[]): { options: CurlOption[]; urls: string[] } {
	const options: CurlOption[] = [];
	const urls: string[] = [];
	const rest = [...words];
	for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
		if (word === "--") urls.push(...rest.splice(0));
		else if (word.startsWith("--")) {
			const name = word.slice(2);
			options.push({ name, value: LONG_WITH_VALUE.has(name) ? (rest.shift() ?? "") : "" });
		} else if (word.startsWith("-") && word.length > 1) options.push(...readShort(word.slice(1), rest));
		else urls.push(word);
	}
	return { options, urls };
}

/** Short options may stand together, and the last one may be glued to its value: `-sSLXPOST`. */
function readShort(letters: string, rest: string[]): CurlOption[] {
	const options: CurlOption[] = [];
	for (let at = 0; at < letters.length; at++) {
		const letter = letters.charAt(at);
		const name = LONG_NAME[letter] ?? letter;
		if (!SHORT_WITH_VALUE.includes(letter)) {
			options.push({ name, value: "" });
			continue;
		}
		options.push({ name, value: letters.slice(at + 1) || (rest.shift() ?? "") });
		break;
	}
	return options;
}

function headersOf(options: readonly CurlOption[]): [string, string][] {
	const headers: [string, string][] = [];
	for (const { name, value } of options) {
		// `-H 'Name;'` sends an empty header, `-H 'Name:'` drops one of curl's own.
		if (name === "header" && value.includes(":")) headers.push(splitHeader(value));
		else if (name === "json") headers.push(["Content-Type", "application/json"]);
		else if (name === "user")
			headers.push(["Authorization", `Basic ${Buffer.from(value).toString("base64")}`]);
		else if (name === "oauth2-bearer") headers.push(["Authorization", `Bearer ${value}`]);
		else if (name === "cookie" && value.includes("=")) headers.push(["Cookie", value]);
		else if (name === "user-agent") headers.push(["User-Agent", value]);
		else if (name === "referer") headers.push(["Referer", value]);
	}
	return headers.filter(([, value]) => value !== "");
}

function methodOf(has: (name: string) => boolean, data: readonly string[]): string {
	if (has("head")) return "HEAD";
	if (has("get")) return "GET";
	if (has("upload-file")) return "PUT";
	return data.length > 0 || has("form") || has("data") || has("json") ? "POST" : "GET";
}

/** `name=content` keeps its name. */
function encodeData(value: string): string {
	const equals = value.indexOf("=");
	return value.slice(0, equals + 1) + encodeURIComponent(value.slice(equals + 1));
}

/** curl takes http for a URL without a scheme; a public Document Server has https. */
const withScheme = (url: string): string => (/^[a-z]+:\/\//i.test(url) ? url : `https://${url}`);
