/**
 * Checks the signed link of a file route, as each server that reads the link would check it.
 *
 * nginx serves `/cache/files` itself. DocService serves `/storage-cache/files`, and `/cache/files` behind a version
 * prefix. For these files the edge requires a link that both nginx and DocService accept. A link in SHA-256 is first
 * translated into a link of the server.
 */
import type { Host } from "../config/host.ts";
import { withLineBreaks } from "../config/secrets/line-break.ts";
import { originKeyFor } from "../config/secrets/origin-key.ts";
import type { Target } from "../request/target.ts";
import type { Rewrite } from "../rewrite/rewrite.ts";
import { type Acceptance, type Refusal, refuse, type Verdict } from "../verdict.ts";
import { keepServersArguments } from "./doc-service-arguments.ts";
import { verifyDocServiceLink } from "./doc-service-link.ts";
import { readSecureLink, signSecureLink, verifySecureLink } from "./secure-link.ts";
import { LINK_ARGUMENTS, readSha256Link, verifySha256Link } from "./sha256-link.ts";
import { signLinkForOrigin } from "./sign-for-origin.ts";

type CheckedLink = (Acceptance & { readonly rewrite?: Rewrite }) | Refusal;

type Readers = "nginx" | "nginx and DocService";

/** @param address of the client, "" if it is not known */
export function checkLink(
	readers: Readers,
	target: Target,
	host: Host,
	address: string,
	nowSeconds: number,
): CheckedLink | Promise<CheckedLink> {
	const checked = checkKeys(readers, target, host, address, nowSeconds);
	if (!host.logging.nearMiss) return checked;
	return tryLineBreaks(checked, () => {
		const { link, sha256Link } = host.keys;
		const keys = { ...host.keys, link: withLineBreaks(link), sha256Link: withLineBreaks(sha256Link) };
		return checkKeys(readers, target, { ...host, keys }, address, nowSeconds);
	});
}

/** The link stays refused, whatever is found. */
async function tryLineBreaks(
	checked: ReturnType<typeof checkLink>,
	checkAgain: () => ReturnType<typeof checkLink>,
): Promise<CheckedLink> {
	const first = await checked;
	if (!isMismatch(first) || isMismatch(await checkAgain())) return first;
	return { ...first, nearMiss: "line_break" };
}

const isMismatch = (checked: CheckedLink): checked is Refusal =>
	!checked.ok && checked.reason === "link_mismatch";

function checkKeys(
	readers: Readers,
	target: Target,
	host: Host,
	address: string,
	nowSeconds: number,
): CheckedLink | Promise<CheckedLink> {
	const isNginxAlone = readers === "nginx";
	const query = isNginxAlone ? target.args : target.docService.query;
	const uri = isNginxAlone ? target.uri : target.canonical;
	// Behind a version prefix nginx passes the path decoded. Node then cuts the path at `#` and reads `\` as `/`. The
	// server takes the file's name from its whole URL, so it could serve a file that the md5 does not cover. The server
	// itself never writes such a link.
	if (!isNginxAlone && target.versionPrefix !== "" && /[#\\]/.test(target.uri))
		return refuse("path_ambiguous");
	const { sha256Link } = host.keys;
	const found = sha256Link.keys.length > 0 ? readSha256Link(query, target.site.host, uri) : undefined;
	if (found === undefined) return checkServersLink(isNginxAlone, target, query, uri, host, nowSeconds);
	const { link, signature } = found;
	const client = { method: target.method, address };
	const maxSeconds = host.maxLinkLifetimeSeconds;
	return verifySha256Link(link, signature, sha256Link, client, nowSeconds, maxSeconds).then((verdict) => {
		if (!verdict.ok) return verdict;
		const translated = translate(query, uri, link.expires, host);
		if (translated === undefined) return refuse("link_malformed");
		const atServer = checkServersLink(isNginxAlone, target, translated, uri, host, nowSeconds);
		return atServer.ok ? { ...verdict, rewrite: { query: translated } } : atServer;
	});
}

/** @param query of the link: the request's own, or a translated one */
function checkServersLink(
	isNginxAlone: boolean,
	{ docService }: Target,
	query: string,
	uri: string,
	host: Host,
	nowSeconds: number,
): CheckedLink {
	const link = readSecureLink(uri, query);
	const atNginx = verifySecureLink(link, host.keys.link, nowSeconds, host.maxLinkLifetimeSeconds);
	if (!atNginx.ok) return atNginx;
	const atEveryReader: Verdict = isNginxAlone
		? atNginx
		: verifyDocServiceLink({ ...docService, query }, host.keys.link, nowSeconds);
	if (!atEveryReader.ok) return atEveryReader;
	const kept = isNginxAlone ? query : keepServersArguments(query);
	if (kept === undefined) return refuse("link_malformed");
	const originKey = originKeyFor(host, "link", atNginx);
	const forwarded = originKey ? signLinkForOrigin(kept, uri, link.expires, originKey) : kept;
	return forwarded === query ? atEveryReader : { ...atNginx, rewrite: { query: forwarded } };
}

/**
 * The query that a link of the server would have for this file.
 *
 * @returns `undefined` if one of the server's arguments comes twice, or with a slash
 */
function translate(query: string, uri: string, expires: string, host: Host): string | undefined {
	const key = host.originKeys.link ?? host.keys.link.keys[0];
	const others = query.split("&").filter((part) => !LINK_ARGUMENTS.includes(nameOf(part)));
	const kept = keepServersArguments(others.join("&"));
	if (key === undefined || kept === undefined) return undefined;
	const signed = `md5=${signSecureLink(uri, expires, key)}&expires=${expires}`;
	return kept === "" ? signed : `${signed}&${kept}`;
}

/** nginx reads names of arguments in any case (`ngx_http_arg`). */
const nameOf = (part: string): string => part.split("=", 1)[0]?.toLowerCase() ?? "";
