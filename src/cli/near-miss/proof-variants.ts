/**
 * Variants of a WOPI request, as another hop may have seen it: with another scheme, host, port, path or query. Also
 * other spellings of its token and of its signatures.
 */
import type { Host } from "../../config/host.ts";
import { decodeComponent } from "../../encoding/percent.ts";
import type { Proofs } from "../../wopi/proof-pairs.ts";

export interface ProofRequest {
	readonly headers: Headers;
	/** The URL that the edge was called by. */
	readonly href: string;
}

export interface Variant<Value> {
	readonly value: Value;
	/** The differences from the request that was sent. */
	readonly says: readonly string[];
}

const same = <Value>(value: Value): Variant<Value> => ({ value, says: [] });
const other = <Value>(value: Value, says: string): Variant<Value> => ({ value, says: [says] });

/** The URLs that the Document Server may have signed. The URL that was called comes first. */
export function variantsOf(
	{ headers, href }: ProofRequest,
	host: Host,
	token: string,
): readonly Variant<string>[] {
	const url = new URL(href);
	const schemes = [
		same(url.protocol),
		other(swap(url.protocol), `it was signed for ${swap(url.protocol)}//`),
	];
	const hosts = hostsOf(url, headers, host);
	const targets = targetsOf(url, headers, host, token);
	const variants = schemes.flatMap((scheme) =>
		hosts.flatMap((name) =>
			targets.map((target) => ({
				value: `${scheme.value}//${name.value}${target.value}`,
				says: [...scheme.says, ...name.says, ...target.says],
			})),
		),
	);
	return unique(variants, ({ value }) => value.toUpperCase());
}

const swap = (protocol: string) => (protocol === "https:" ? "http:" : "https:");
const PASS_HOST = "let the proxy before this edge pass the Host header unchanged";

function hostsOf(url: URL, headers: Headers, host: Host): readonly Variant<string>[] {
	const forwarded = (headers.get("X-Forwarded-Host") ?? "").split(",").map((name) => name.trim());
	const named = [
		...forwarded.map(
			(name) => [name, `it was signed for the host of X-Forwarded-Host: ${PASS_HOST}`] as const,
		),
		[
			/\bhost="?([\w.:-]+)/i.exec(headers.get("Forwarded") ?? "")?.[1] ?? "",
			`it was signed for the host of Forwarded: ${PASS_HOST}`,
		] as const,
		...(host.origin?.urls ?? []).map(
			(originUrl) =>
				[
					new URL(originUrl).host,
					"it was signed for the origin's own host: write WOPISrc with this edge's host",
				] as const,
		),
	].filter(([name]) => name !== "");
	const ports = ["80", "443", "8080", "8443", headers.get("X-Forwarded-Port") ?? ""].filter(
		(port) => port !== "",
	);
	const withPorts = (name: string, says: string): Variant<string>[] => [
		other(name, says),
		...ports.map((port) => other(`${withoutPort(name)}:${port}`, `${says}, with the port ${port}`)),
	];
	return [
		same(url.host),
		...(url.port === "" ? [] : [other(url.hostname, `it was signed without the port ${url.port}`)]),
		...ports.map((port) =>
			other(
				`${url.hostname}:${port}`,
				`it was signed with the port ${port}: write WOPISrc with the port of this edge`,
			),
		),
		...named.flatMap(([name, says]) => withPorts(name, says)),
	];
}

const withoutPort = (name: string) => name.replace(/:\d+$/, "");

function targetsOf(
	{ pathname, search }: URL,
	headers: Headers,
	host: Host,
	token: string,
): Variant<string>[] {
	const prefixes = [headers.get("X-Forwarded-Prefix") ?? "", host.origin?.forwardedPrefix ?? ""].map(
		(prefix) => prefix.replace(/\/$/, ""),
	);
	const encoded = encodeURIComponent(token);
	return [
		same(pathname + search),
		...prefixes
			.filter((prefix) => prefix !== "")
			.flatMap((prefix) => [
				other(prefix + pathname + search, `it was signed with the virtual path ${prefix}`),
				other(pathname.replace(prefix, "") + search, `it was signed without the virtual path ${prefix}`),
			]),
		other(pathname.replace(/\/$/, "") + search, "it was signed without the slash at the path's end"),
		other(`${pathname}/${search}`, "it was signed with a slash at the path's end"),
		other(decoded(pathname) + search, "the path was signed decoded: percent-encode WOPISrc"),
		other(
			`${pathname}?access_token=${encoded}`,
			"only access_token was signed: parameters were added, or written otherwise, on the way",
		),
		other(`${pathname}?access_token=${token}`, "access_token was signed without percent-encoding"),
		other(pathname + search.replaceAll("+", "%20"), "a space of the query was signed as %20, and is + here"),
		other(pathname + search.replaceAll("%20", "+"), "a space of the query was signed as +, and is %20 here"),
	];
}

export function tokenSpellings(token: string): readonly Variant<string>[] {
	return unique(
		[
			same(token),
			other(encodeURIComponent(token), "the token was signed percent-encoded"),
			other(decoded(token), "the token was signed decoded once more: it is encoded twice here"),
			other(token.replaceAll("+", " "), "the token was signed with spaces, and has + here: write %20"),
			other(token.replaceAll(" ", "+"), "the token was signed with +, and has a space here: write %2B"),
			other("", "the empty token was signed"),
		],
		({ value }) => value,
	);
}

export function proofSpellings(proofs: Proofs): readonly Variant<Proofs>[] {
	const both = (change: (text: string) => string, says: string) =>
		other(
			{ proof: proofs.proof && change(proofs.proof), proofOld: proofs.proofOld && change(proofs.proofOld) },
			says,
		);
	const pad = (text: string) => text.padEnd(Math.ceil(text.length / 4) * 4, "=");
	return unique(
		[
			same(proofs),
			both(
				(text) => pad(text.replaceAll("-", "+").replaceAll("_", "/")),
				"the proofs are base64url, or lack their padding: the server sends base64",
			),
			both((text) => text.replace(/\s+/g, ""), "the proofs have white space inside"),
			both((text) => text.replace(/^["']|["']$/g, ""), "the proofs are in quotes"),
			both((text) => text.split(",", 1)[0] ?? "", "the proofs were sent twice"),
			both(decoded, "the proofs are percent-encoded"),
		],
		({ value }) => JSON.stringify(value),
	);
}

function unique<Value>(variants: readonly Variant<Value>[], keyOf: (variant: Variant<Value>) => string) {
	const first = new Map<string, Variant<Value>>();
	for (const variant of variants) if (!first.has(keyOf(variant))) first.set(keyOf(variant), variant);
	return [...first.values()];
}

const decoded = (text: string): string => decodeComponent(text) ?? text;
