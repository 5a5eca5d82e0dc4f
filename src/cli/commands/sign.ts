/**
 * `docs-edge sign`: a link or a token that the edge accepts.
 */
import { type Command, Option } from "commander";
import type { RingKind } from "../../config/secrets/rings.ts";
import {
	linkQuery,
	ownLinkQuery,
	pickKey,
	readFileAddress,
	type Sha256LinkOptions,
	signToken,
	type TokenOptions,
} from "../sign.ts";
import { print } from "../terminal.ts";
import { type HostOptions, json, localHost, nowSeconds, readText, seconds, withHost } from "./options.ts";

const DEFAULT_LIFETIME_SECONDS = 3600;
const KINDS: readonly string[] = ["inbox", "browser", "session", "outbox", "status"] satisfies RingKind[];

export function addSignCommands(program: Command): void {
	const sign = program.command("sign").description("a link or a token that the edge accepts");
	const link = sign
		.command("link <file>")
		.description("a signed link to a file: its URL, or its path on the Document Server")
		.option("--key <name>", "which key of the ring")
		.option("--expires-in <duration>", "lifetime: 600, 15m, 1h, 7d", seconds, DEFAULT_LIFETIME_SECONDS)
		.option("--filename <name>", "name to save the file under")
		.option(
			"--sha256",
			"with SECURE_LINK_SHA256: good at this host alone, and the edge translates it for the server",
		)
		.option("--network <network>", "with --sha256: only for clients of this network, 203.0.113.0/24")
		.addOption(json());
	withHost(link).action(signLinkTo);
	const token: Command = sign
		.command("token [claims]")
		.description("a token over claims: JSON, @file, or - for standard input")
		.addOption(
			new Option("--secret <kind>", "whose secret")
				.choices(KINDS)
				.default("inbox")
				.argParser((kind): string => {
					if (KINDS.includes(kind)) return kind;
					// Other commands take a secret here. The usual error would repeat it.
					return token.error(`--secret takes whose secret to sign with: ${KINDS.join(", ")}`);
				}),
		)
		.option("--key <name>", "which key of the ring")
		.addOption(
			new Option("--algorithm <name>", "of the signature")
				.choices(["HS256", "HS384", "HS512"])
				.default("HS256"),
		)
		.option("--wrap", "claims under `payload`, as in a header token")
		.option("--expires-in <duration>", "lifetime: 600, 15m, 1h, 7d", seconds, DEFAULT_LIFETIME_SECONDS)
		.option("--no-expiry", "a token that does not expire")
		.addOption(json());
	withHost(token).action(signClaims);
}

interface LinkOptions extends HostOptions, Sha256LinkOptions {
	readonly key?: string;
	readonly expiresIn: number;
	readonly sha256?: true;
	readonly json?: true;
}

async function signLinkTo(file: string, options: LinkOptions, command: Command): Promise<void> {
	const { sha256, network, filename, expiresIn } = options;
	if (!sha256 && network !== undefined) command.error("--network belongs to --sha256");
	const host = await localHost(options, file);
	const key = pickKey(host, sha256 ? "sha256Link" : "link", options.key);
	const expiresSeconds = nowSeconds() + expiresIn;
	const { site, path } = readFileAddress(file);
	const query = sha256
		? await ownLinkQuery(site || options.host || "", path, expiresSeconds, key, { network, filename })
		: linkQuery(path, expiresSeconds, key, filename);
	const link = `${site}${path}?${query}`;
	print(options.json ? JSON.stringify({ key: key.name, link }) : link);
}

interface TokenCommandOptions extends HostOptions {
	readonly secret: RingKind;
	readonly key?: string;
	readonly algorithm: TokenOptions["algorithm"];
	readonly wrap?: true;
	readonly expiresIn: number;
	readonly expiry: boolean;
	readonly json?: true;
}

async function signClaims(
	text: string | undefined,
	options: TokenCommandOptions,
	command: Command,
): Promise<void> {
	const claims = parseClaims(readText(text ?? "{}"), command);
	const key = pickKey(await localHost(options), options.secret, options.key);
	const token = await signToken(claims, key, {
		algorithm: options.algorithm,
		wrapped: options.wrap === true,
		...(options.expiry && { expiresSeconds: nowSeconds() + options.expiresIn }),
	});
	print(options.json ? JSON.stringify({ key: key.name, token }) : token);
}

function parseClaims(text: string, command: Command): object {
	try {
		const claims: unknown = JSON.parse(text);
		if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) return claims;
	} catch {
		// The error below does not quote the text, which may hold personal data.
	}
	return command.error("the claims are no JSON object");
}
