/**
 * The evidence of a file route: its link is good to everyone who will read it.
 */
import type { Host } from "../config/host.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import type { Target } from "../request/target.ts";
import { type Acceptance, type Refusal, refuse } from "../verdict.ts";
import { originKeyFor, resignLink } from "../token/sign-for-origin.ts";
import type { Rewrite } from "../rewrite/rewrite.ts";
import { verifySecureLink } from "./secure-link.ts";
import { verifyServiceLink } from "./doc-service-link.ts";
import { keepServersArguments } from "./doc-service-arguments.ts";

export function checkLink(
	readers: "nginx" | "nginx and service",
	target: Target,
	host: Host,
	nowSeconds: number,
): (Acceptance & { readonly rewrite?: Rewrite }) | Refusal {
	const atNginx = readers === "nginx";
	const args = atNginx ? target.args : target.service.query;
	const uri = atNginx ? target.uri : target.canonical;
	// Behind a version prefix nginx passes the path decoded. Node cuts it at `#`, and the server still looks for the
	// file behind that, so what goes on there is judged by nobody. The server writes no such link.
	if (!atNginx && target.versionPrefix !== "" && /[#\\]/.test(target.uri)) return refuse("path_ambiguous");
	const link = { uri, md5: nginxArg(args, "md5"), expires: nginxArg(args, "expires") };
	const verdict = verifySecureLink(link, host.keys.link, nowSeconds, host.maxLinkLifetimeSeconds);
	if (!verdict.ok) return verdict;
	const service = atNginx ? verdict : verifyServiceLink(target.service, host.keys.link, nowSeconds);
	if (!service.ok) return service;
	const kept = atNginx ? args : keepServersArguments(args);
	if (kept === undefined) return refuse("link_malformed");
	const key = originKeyFor(host, "link", verdict);
	const query = key ? resignLink(kept, uri, link.expires, key) : kept;
	return query === args ? service : { ...verdict, rewrite: { query } };
}
