/**
 * The evidence of a file route: its link is good to everyone who will read it.
 */
import type { Host } from "../config/host.ts";
import { nginxArg } from "../target/nginx-arg.ts";
import type { Target } from "../target/target.ts";
import type { Acceptance, Refusal } from "../verdict.ts";
import { originKeyFor, resignLink } from "./resign.ts";
import type { Rewrite } from "./rewrite.ts";
import { verifySecureLink } from "./secure-link.ts";
import { verifyServiceLink } from "./service-link.ts";

export function checkLink(
	readers: "nginx" | "nginx and service",
	target: Target,
	host: Host,
	nowSeconds: number,
): (Acceptance & { readonly rewrite?: Rewrite }) | Refusal {
	const atNginx = readers === "nginx";
	const args = atNginx ? target.args : target.service.query;
	const uri = atNginx ? target.uri : target.canonical;
	const link = { uri, md5: nginxArg(args, "md5"), expires: nginxArg(args, "expires") };
	const verdict = verifySecureLink(link, host.keys.link, nowSeconds, host.maxLinkLifetimeSeconds);
	if (!verdict.ok) return verdict;
	const service = atNginx ? verdict : verifyServiceLink(target.service, host.keys.link, nowSeconds);
	const key = originKeyFor(host, "link", verdict);
	if (!service.ok || key === undefined) return service;
	return { ...verdict, rewrite: { query: resignLink(args, uri, link.expires, key) } };
}
