/**
 * `docs-edge import --server`: asks a Document Server for its version, with the inbox secret of its own local.json.
 */
import { createKey } from "../../config/secrets/key-ring.ts";
import { versionIn } from "../doctor/check-advisories.ts";
import { signToken } from "../sign.ts";
import type { Finding, ServerSettings } from "./document-server-files.ts";

const LIMIT_MS = 10_000;
const LIFETIME_SECONDS = 60;

/** Adds `DS_VERSION` to the settings. @throws if the server does not answer with a version */
export async function withVersion<
	Settings extends ServerSettings & { readonly findings: readonly Finding[] },
>(settings: Settings, server: string | undefined, nowSeconds: number): Promise<Settings> {
	if (server === undefined) return settings;
	const secret = settings.secrets.JWT_SECRET_INBOX;
	const claims = { c: "version" };
	const token =
		secret === undefined
			? undefined
			: await signToken(claims, createKey("inbox", secret), {
					algorithm: "HS256",
					wrapped: false,
					expiresSeconds: nowSeconds + LIFETIME_SECONDS,
				});
	const response = await fetch(new URL("/command", server), {
		method: "POST",
		body: JSON.stringify({ ...claims, ...(token && { token }) }),
		signal: AbortSignal.timeout(LIMIT_MS),
	}).catch(() => undefined);
	const version = versionIn((await response?.text()) ?? "");
	if (version === undefined)
		throw new Error(`${server} does not tell its version: give its URL, and --local-json for its secret`);
	return { ...settings, variables: { ...settings.variables, DS_VERSION: version } };
}
