/**
 * Checks the signed link of a file route, as every reader of the file reads it.
 *
 * nginx serves `/cache/files` itself. DocService serves `/storage-cache/files`, and `/cache/files` behind a version
 * prefix: then the link has to be good to DocService as well.
 */
import type { Host } from "../config/host.ts";
import { originKeyFor } from "../config/secrets/origin-key.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import type { Target } from "../request/target.ts";
import type { Rewrite } from "../rewrite/rewrite.ts";
import { type Acceptance, type Refusal, refuse } from "../verdict.ts";
import { keepServersArguments } from "./doc-service-arguments.ts";
import { verifyDocServiceLink } from "./doc-service-link.ts";
import { verifySecureLink } from "./secure-link.ts";
import { signLinkForOrigin } from "./sign-for-origin.ts";

export function checkLink(
	readers: "nginx" | "nginx and DocService",
	target: Target,
	host: Host,
	nowSeconds: number,
): (Acceptance & { readonly rewrite?: Rewrite }) | Refusal {
	const isNginxAlone = readers === "nginx";
	const args = isNginxAlone ? target.args : target.docService.query;
	const uri = isNginxAlone ? target.uri : target.canonical;
	// Behind a version prefix nginx passes the path decoded. Node cuts it at `#`, but the server still looks for the
	// file behind it: the part that is served would be unsigned. The server writes no such link.
	if (!isNginxAlone && target.versionPrefix !== "" && /[#\\]/.test(target.uri))
		return refuse("path_ambiguous");
	const link = { uri, md5: nginxArg(args, "md5"), expires: nginxArg(args, "expires") };
	const atNginx = verifySecureLink(link, host.keys.link, nowSeconds, host.maxLinkLifetimeSeconds);
	if (!atNginx.ok) return atNginx;
	const last = isNginxAlone ? atNginx : verifyDocServiceLink(target.docService, host.keys.link, nowSeconds);
	if (!last.ok) return last;
	const kept = isNginxAlone ? args : keepServersArguments(args);
	if (kept === undefined) return refuse("link_malformed");
	const originKey = originKeyFor(host, "link", atNginx);
	const query = originKey ? signLinkForOrigin(kept, uri, link.expires, originKey) : kept;
	return query === args ? last : { ...atNginx, rewrite: { query } };
}
