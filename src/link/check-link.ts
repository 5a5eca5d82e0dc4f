/**
 * Checks the signed link of a file route, as each server that reads the link would check it.
 *
 * nginx serves `/cache/files` itself. DocService serves `/storage-cache/files`, and `/cache/files` behind a version
 * prefix. For these files the edge requires a link that both nginx and DocService accept.
 */
import type { Host } from "../config/host.ts";
import { originKeyFor } from "../config/secrets/origin-key.ts";
import type { Target } from "../request/target.ts";
import type { Rewrite } from "../rewrite/rewrite.ts";
import { type Acceptance, type Refusal, refuse } from "../verdict.ts";
import { keepServersArguments } from "./doc-service-arguments.ts";
import { verifyDocServiceLink } from "./doc-service-link.ts";
import { readSecureLink, verifySecureLink } from "./secure-link.ts";
import { signLinkForOrigin } from "./sign-for-origin.ts";

export function checkLink(
	readers: "nginx" | "nginx and DocService",
	target: Target,
	host: Host,
	nowSeconds: number,
): (Acceptance & { readonly rewrite?: Rewrite }) | Refusal {
	const isNginxAlone = readers === "nginx";
	const query = isNginxAlone ? target.args : target.docService.query;
	const uri = isNginxAlone ? target.uri : target.canonical;
	// Behind a version prefix nginx passes the path decoded. Node then cuts the path at `#` and reads `\` as `/`. The
	// server takes the file's name from its whole URL, so it could serve a file that the md5 does not cover. The server
	// itself never writes such a link.
	if (!isNginxAlone && target.versionPrefix !== "" && /[#\\]/.test(target.uri))
		return refuse("path_ambiguous");
	const link = readSecureLink(uri, query);
	const atNginx = verifySecureLink(link, host.keys.link, nowSeconds, host.maxLinkLifetimeSeconds);
	if (!atNginx.ok) return atNginx;
	const atEveryReader = isNginxAlone
		? atNginx
		: verifyDocServiceLink(target.docService, host.keys.link, nowSeconds);
	if (!atEveryReader.ok) return atEveryReader;
	const kept = isNginxAlone ? query : keepServersArguments(query);
	if (kept === undefined) return refuse("link_malformed");
	const originKey = originKeyFor(host, "link", atNginx);
	const forwarded = originKey ? signLinkForOrigin(kept, uri, link.expires, originKey) : kept;
	return forwarded === query ? atEveryReader : { ...atNginx, rewrite: { query: forwarded } };
}
