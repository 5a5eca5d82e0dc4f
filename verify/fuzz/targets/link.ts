/**
 * `checkLink` for both readers of a link. An accepted link is signed once more, with Node's own MD5 and HMAC; a link that
 * is signed here has to be accepted; and what is forwarded has to be good at the origin.
 *
 * In an input, `$MD5` and `$SHA256` stand for the right signature of the rest.
 */
import { createHash, createHmac } from "node:crypto";
import { checkLink } from "../../../src/link/check-link.ts";
import { readExpiry, signSecureLink } from "../../../src/link/secure-link.ts";
import { signSha256Link } from "../../../src/link/sha256-link.ts";
import { nginxArg } from "../../../src/request/nginx-arg.ts";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { requestTarget } from "../../../src/rewrite/request-target.ts";
import {
	HOST,
	LINK_KEY,
	LINK_SECRETS,
	NOW_SECONDS,
	ORIGIN_HOST,
	RE_SIGNING_HOST,
	SHA256_KEY,
} from "../hosts.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorTargets } from "../vectors.ts";

const READERS = ["nginx", "nginx and DocService"] as const;
const ADDRESS = "203.0.113.7";

export const linkTarget: FuzzTarget = {
	name: "link",
	seeds: () => [
		...vectorTargets().filter((target) => target.includes("md5")),
		"/cache/files/data/k/Editor.bin/a.docx?md5=$MD5&expires=4102444800&filename=a.docx",
		"/9.1.0-2/cache/files/data/k/Editor.bin/a%20b.docx?filename=a.docx&expires=4102444800&md5=$MD5",
		"/storage-cache/files/data/k/a.docx?sha256=$SHA256&expires=4102444800&network=203.0.113.0%2F24",
		"/cache/files/k?sha256=$SHA256&expires=4102444800&shardkey=k",
		"/cache/files/k?md5=$MD5&expires=1",
		"/9.1.0-2/cache/files/data/k/%20%20%20%20?md5=$MD5&expires=4102444800",
		"/cache/files/k?md5=$MD5,4102444800",
	],
	// biome-ignore format: a list
	words: [
		"$MD5", "$SHA256", "md5=", "MD5=", "sha256=", "expires=", "4102444800", "9223372036854775807", "&",
		"=", ",", "?", "filename=", "shardkey=", "WOPISrc=", "md5[]=", "%6dd5=", "network=",
		"203.0.113.0/24", "2001:db8::/32", "%2F", "/cache/files/", "/storage-cache/files/", "/9.1.0-2/",
		"%2e%2e", "%5c", "%23", "%c3%a9", "+", "%20", "\\",
	],
	longest: 8000,
	bound: { constant: 300_000, perCharacter: 800 },
	call: (input) => {
		const target = targetOf(input);
		return (
			target && Promise.all(READERS.map((readers) => checkLink(readers, target, HOST, ADDRESS, NOW_SECONDS)))
		);
	},
	check: async (input) => {
		const target = await signedTargetOf(input);
		if (target === undefined) return "no target";
		const words: string[] = [];
		for (const readers of READERS) {
			const checked = await checkLink(readers, target, HOST, ADDRESS, NOW_SECONDS);
			words.push(checked.ok ? `accepted${checked.rewrite ? ", rewritten" : ""}` : checked.reason);
			if (checked.ok) await checkAccepted(readers, target, checked.rewrite?.query);
		}
		return words.join("; ");
	},
};

function targetOf(input: string): Target | undefined {
	const url = URL.parse(`https://docs.example.com${input.startsWith("/") ? input : `/${input}`}`);
	const target = url && readTarget({ method: "GET", url: url.href });
	return target && !("ok" in target) ? target : undefined;
}

async function signedTargetOf(input: string): Promise<Target | undefined> {
	const target = targetOf(input);
	if (target === undefined || !input.includes("$")) return target;
	const expires = nginxArg(target.args, "expires");
	const network = decodeURIComponent(
		nginxArg(target.args, "network").replace(/%(?![\da-f]{2})|%[89a-f].*/gi, ""),
	);
	const link = { host: target.site.host, uri: target.canonical, expires, network };
	const md5 = signSecureLink(target.canonical, expires, LINK_KEY);
	const sha256 = input.includes("$SHA256") ? await signSha256Link(link, SHA256_KEY) : "";
	return targetOf(input.replaceAll("$MD5", md5).replaceAll("$SHA256", sha256));
}

async function checkAccepted(
	readers: (typeof READERS)[number],
	target: Target,
	forwarded: string | undefined,
) {
	const query = readers === "nginx" ? target.args : target.docService.query;
	const uri = readers === "nginx" ? target.uri : target.canonical;
	const sha256 = nginxArg(query, "sha256");
	const expires = /^[^,]*,(.*)/.exec(nginxArg(query, "md5"))?.[1] ?? nginxArg(query, "expires");
	hold("an accepted link has not expired", (readExpiry(expires) ?? 0) >= NOW_SECONDS);
	const md5 = nginxArg(query, "md5").split(",", 1)[0] ?? "";
	const bytes = Buffer.from(md5.split("=", 1)[0] ?? "", "base64url");
	const isSignedMd5 = LINK_SECRETS.some((secret) =>
		createHash("md5")
			.update(Buffer.from(expires + uri, "latin1"))
			.update(secret)
			.digest()
			.equals(bytes),
	);
	const isSignedSha256 = md5 === "" && isHmac(sha256, target, uri, expires, nginxArg(query, "network"));
	hold("an accepted link is signed", isSignedMd5 || isSignedSha256);
	if (forwarded !== undefined) {
		const url = target.site.url + requestTarget(target, forwarded);
		const again = readTarget({ method: target.method, url });
		const atOrigin = !("ok" in again) && (await checkLink(readers, again, HOST, ADDRESS, NOW_SECONDS));
		hold("a rewritten link is a link of the server", atOrigin !== false && atOrigin.ok);
	}
	const reSigned = await checkLink(readers, target, RE_SIGNING_HOST, ADDRESS, NOW_SECONDS);
	hold("a host that re-signs accepts the same links", reSigned.ok);
	if (!reSigned.ok) return;
	const url = target.site.url + requestTarget(target, reSigned.rewrite?.query);
	const atOrigin = readTarget({ method: target.method, url });
	const isGood =
		!("ok" in atOrigin) && (await checkLink(readers, atOrigin, ORIGIN_HOST, ADDRESS, NOW_SECONDS)).ok;
	hold("a re-signed link is good at the origin", isGood);
}

function isHmac(signature: string, target: Target, uri: string, expires: string, network: string): boolean {
	const lines = [target.method, target.site.host, expires, decodeURIComponent(network), uri];
	const text = Buffer.from(lines.join("\n"), "latin1");
	return createHmac("sha256", SHA256_KEY.secret).update(text).digest("base64url") === signature;
}
