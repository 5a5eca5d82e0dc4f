/**
 * Signed links: good ones, and every way to be wrong.
 */
import { createHmac } from "node:crypto";
import { FAR_SECONDS } from "../canaries.ts";
import { type Kit, withLineBreak } from "./kit.ts";

const PAST_SECONDS = 1_600_000_000;
const LINK_HOSTS = ["docs.test", "acme.test", "strict.test", "shadow.test", "old.test", "empty.test"];

export function sendLinks(kit: Kit): void {
	const { send, link, claim, signature, secrets } = kit;
	const { SECURE_LINK_SECRET, ORIGIN_SECURE_LINK_SECRET, SECURE_LINK_SHA256 } = secrets.values;
	for (const host of LINK_HOSTS) {
		for (const path of ["/cache/files/data", "/storage-cache/files/data", "/9.1.0-2/cache/files/data"]) {
			const uri = `${path.replace(/^\/9[^/]*/, "")}/${claim("of a path")}/output.docx/a.docx`;
			const prefix = path.startsWith("/9") ? "/9.1.0-2" : "";
			const more = `&filename=${claim("of a file name")}`;
			const linkTo = (secret: string, expires?: number) => prefix + link(uri, secret, expires);
			send(linkTo(SECURE_LINK_SECRET) + more, { host });
			send(linkTo(ORIGIN_SECURE_LINK_SECRET) + more, { host });
			send(linkTo(secrets.bindings.ACME_SECURE_LINK_SECRET ?? "") + more, { host });
			send(linkTo(SECURE_LINK_SECRET, PAST_SECONDS) + more, { host });
			send(linkTo(claim("a wrong secret")) + more, { host });
			send(linkTo(withLineBreak(SECURE_LINK_SECRET)) + more, { host });
			send(`${prefix}${uri}?md5=${claim("a wrong md5")}&expires=1${more}`, { host });
			send(`${prefix}${uri}?${more}`, { host });
		}
		const uri = `/cache/files/data/${claim("of a path")}/output.docx/a.docx`;
		for (const [network, secret] of [
			["", SECURE_LINK_SHA256],
			["203.0.113.0/24", SECURE_LINK_SHA256],
			["198.51.100.0/24", SECURE_LINK_SHA256],
			["", claim("a wrong secret")],
			["", withLineBreak(SECURE_LINK_SHA256)],
		] as const) {
			const text = ["GET", host, FAR_SECONDS, network, uri].join("\n");
			const sha256 = signature("of a link", createHmac("sha256", secret).update(text).digest("base64url"));
			const query = `sha256=${sha256}&expires=${FAR_SECONDS}&network=${encodeURIComponent(network)}`;
			send(`${uri}?${query}`, { host });
		}
	}
}
