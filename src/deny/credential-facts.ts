/**
 * What the deny lists ask about an accepted credential: its key, its time, its documents, its purposes.
 *
 * The facts are small. An open socket keeps those of its credentials, and nothing of the tokens.
 */
import { type Claims, mergeClaims } from "../claims/merged-claims.ts";
import { purposesOf } from "../claims/purpose.ts";
import { decodeComponent } from "../encoding/percent.ts";
import { documentSegments } from "../request/document-segments.ts";
import type { Target } from "../request/target.ts";
import type { Purpose } from "../routes/purpose.ts";
import type { Route } from "../routes/route.ts";
import type { Acceptance } from "../verdict.ts";

export interface CredentialFacts {
	/** Names of the key: a WOPI proof has one for its pair and one for the key alone. */
	readonly keyNames: readonly string[];
	/** Unix time in seconds; `undefined` if the credential does not say. */
	readonly issuedAt: number | undefined;
	/** A link says when it expires, not when it was made. */
	readonly isLink: boolean;
	readonly documentKeys: readonly string[];
	readonly purposes: readonly Purpose[];
}

type AskedRoute = Pick<Route, "id" | "requires">;

/** @param named values outside the credential that may name a document */
export function factsOf(
	{ keyName, issuedAt, claims = {} }: Partial<Acceptance>,
	{ id, requires }: AskedRoute,
	named: readonly unknown[] = [],
): CredentialFacts {
	const isConversion = requires.kind === "wopi-page" && requires.page !== "editor";
	return {
		keyNames: keyName === undefined ? [] : [keyName, keyName.replace(/\bproof(?:Old)?\//, "")],
		issuedAt,
		isLink: requires.kind === "secure-link",
		documentKeys: [...named, ...documentsIn(claims)].flatMap((value) => textOf(value) ?? []),
		purposes: [...purposesOf(id, claims), ...(isConversion ? (["conversion"] as const) : [])],
	};
}

/** The facts of a request to the editor's socket, or of a credential in its packets. */
export const socketFacts = (accepted: Partial<Acceptance>, named: readonly unknown[] = []): CredentialFacts =>
	factsOf(accepted, { id: "socket", requires: { kind: "socket" } }, named);

/**
 * The documents that a token names: API calls and callbacks in `key`, editors in `document.key`, WOPI conversions in
 * `docId`. The server opens the document of `previous.key` for a token of the version history. Source: the server's
 * `fillVersionHistoryFromJwt`.
 */
function documentsIn(claims: Claims): unknown[] {
	const { key, document, docId, previous } = mergeClaims(claims);
	return [key, Object(document).key, docId, Object(previous).key];
}

/** The server joins values to texts as JavaScript does, so `["k1"]` is `k1`. An object is no key. */
function textOf(value: unknown, depth = 0): string | undefined {
	if (typeof value === "string") return value;
	if (typeof value === "number") return String(value);
	if (!Array.isArray(value) || depth > DEPTH_LIMIT) return undefined;
	return value.map((one) => textOf(one, depth + 1) ?? "").join();
}
const DEPTH_LIMIT = 8;

/** The documents in the path, as each reader of the path finds them. */
export const documentsInPath = ({ uri, docService, canonical }: Target): readonly string[] =>
	[uri, docService.path, canonical]
		.flatMap(documentSegments)
		.map((segment) => decodeComponent(segment) ?? segment);
