/**
 * Explains why a link's md5 does not match: another string was signed than the one that nginx checks.
 *
 * Each guess changes one thing of that string. The first guess whose md5 fits is the explanation. The explanation names
 * keys, and never holds a secret.
 */
import { createHash } from "node:crypto";
import type { Host } from "../../config/host.ts";
import { createKey, type Key } from "../../config/secrets/key-ring.ts";
import { decodeComponent, decodeEscapes } from "../../encoding/percent.ts";
import { trimEnd } from "../../encoding/trim-end.ts";
import { readSecureLink, signSecureLink } from "../../link/secure-link.ts";
import type { Target } from "../../request/target.ts";
import { configuredSecrets, type Guess, givenSecret, noneSigned, secretVariants } from "./secret-variants.ts";

interface LinkGuess {
	readonly uri: string;
	readonly expires: string;
	readonly says: string;
}

/** @returns the explanation; `undefined` if no guess fits */
export function explainLinkMiss(
	target: Target,
	host: Host,
	nowSeconds: number,
	given?: string,
): string | undefined {
	// The server signs a path without its version prefix.
	const { args, canonical: uri } = target;
	const { md5, expires } = readSecureLink(uri, args);
	const asSent = trimEnd(decodeComponent(md5) ?? md5, "=")
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.trim();
	const own = host.keys.link.candidates(nowSeconds).map(({ secret }): Guess => ({ secret, says: "" }));
	const fits = (secret: Guess["secret"], link: LinkGuess) => {
		if (/^[\da-f]{32}$/i.test(asSent)) return hexDigest(link, guessedKey(secret)) === asSent.toLowerCase();
		return sameMd5(asSent, signSecureLink(link.uri, link.expires, guessedKey(secret)));
	};
	const right: LinkGuess = { uri, expires, says: "" };
	const found = (secrets: readonly Guess[], links: readonly LinkGuess[]) =>
		secrets.flatMap(({ secret, says }) =>
			links.filter((link) => fits(secret, link)).map((link) => says || link.says),
		)[0];

	const exact = own.some(({ secret }) => fits(secret, right));
	if (exact) return spellingOf(md5, asSent) ?? "the link secret is right, and so is the signature";
	const links = linkGuesses({ ...target, uri, expires }, host);
	const secrets = [...(given === undefined ? [] : givenSecret(given)), ...configuredSecrets(host, "link")];
	const variants = [...secrets, ...secretVariants(host.keys.link.keys)];
	const tried = links.length + variants.length;
	const miss = found(own, links) ?? found(variants, [right]);
	return miss ?? (asSent.length === MD5_CHARACTERS ? noneSigned(host, "link", tried) : undefined);
}

/** 16 bytes in base64url. */
const MD5_CHARACTERS = 22;

const guessedKey = (secret: Guess["secret"]): Key =>
	typeof secret === "string"
		? createKey("guess", secret)
		: { ...createKey("guess", ""), bytes: Uint8Array.from(secret) };

/** Names the spelling of a right md5 that `ngx_decode_base64url` does not read. */
function spellingOf(md5: string, asSent: string): string | undefined {
	if (/^[\da-f]{32}$/i.test(asSent)) return "the md5 is in hexadecimal: nginx wants base64url";
	if (/[+/]|%2b|%2f/i.test(md5))
		return "the md5 is in base64's own alphabet: nginx wants - and _ for + and /";
	if (/%3d/i.test(md5)) return "the md5's padding is percent-encoded: leave out the =";
	if (/={3,}/.test(md5)) return "the md5 has too much padding: leave out the =";
	if (/%/.test(md5)) return "the md5 is percent-encoded: nginx does not decode it";
	return undefined;
}

function linkGuesses(
	target: Pick<Target, "uri" | "site" | "path" | "versionPrefix" | "args"> & { expires: string },
	host: Host,
): LinkGuess[] {
	const { uri, site, path: sent, expires, versionPrefix, args } = target;
	const otherArgs = args.split("&").filter((part) => !/^md5=/i.test(part));
	const path = (guess: string, says: string): LinkGuess => ({ uri: guess, expires, says });
	const virtual = /^\/[^/]+(?=\/)/.exec(uri)?.[0] ?? "";
	const prefix = host.origin?.forwardedPrefix.replace(/\/$/, "") ?? "";
	const seconds = Number(expires);
	return [
		path(sent, "the path was signed percent-encoded: sign it decoded"),
		path(uri.replaceAll("_", "%5f"), "the path was signed with _ as %5f: sign it decoded"),
		path(uri.replaceAll("_", "%5F"), "the path was signed with _ as %5F: sign it decoded"),
		path(encodeBytes(uri), "the path was signed percent-encoded: sign it decoded"),
		path(decodeEscapes(uri), "the path was decoded twice before it was signed"),
		path(uri.toLowerCase(), "the path was signed in lower case"),
		path(versionPrefix + uri, "the path was signed with the version prefix: sign it without"),
		path(`${prefix || "/ds-vpath"}${uri}`, "the path was signed with the virtual path: sign it without"),
		path(`/9.0.0-1${uri}`, "the path was signed with a version prefix: sign it without"),
		path(uri.slice(virtual.length), `the path was signed without ${virtual}: sign it whole`),
		path(uri.slice(1), "the path was signed without its first slash"),
		path(`${sent}?${otherArgs.join("&")}`, "the query was signed too: sign the path alone"),
		path(site.url + uri, "the whole URL was signed: sign the path alone"),
		path(uri.replace(/\/[^/]*$/, ""), "the path was signed without the file's name at its end"),
		{
			uri,
			expires: String(Math.floor(seconds / 1000)),
			says: "expires is in milliseconds, and was signed in seconds",
		},
		{ uri, expires: String(seconds * 1000), says: "expires was signed in milliseconds, and is in seconds" },
		{ uri, expires: expires.replace(/^0+/, ""), says: "expires was signed without its leading zeros" },
		{ uri, expires: "", says: "expires was not signed" },
	].filter((guess) => guess.uri !== uri || guess.expires !== expires);
}

function sameMd5(claimed: string, right: string): boolean {
	const bytes = (text: string) => Buffer.from(text, "base64url").subarray(0, 16);
	return claimed.length === 22 && bytes(claimed).equals(bytes(right));
}

function hexDigest({ uri, expires }: LinkGuess, { bytes }: Key): string {
	return createHash("md5").update(expires, "latin1").update(uri, "latin1").update(bytes).digest("hex");
}

const encodeBytes = (uri: string) => encodeURI(Buffer.from(uri, "latin1").toString("utf8"));
