/**
 * The rules of the deny lists that name a key, a document, a host or a purpose. Only a request whose credential is good
 * is asked, so that a stranger cannot find out what is denied.
 */
import { isOfDocument } from "../claims/document-key.ts";
import { type Claims, mergeClaims } from "../claims/merged-claims.ts";
import { purposesOf } from "../claims/purpose.ts";
import type { DenyList } from "../config/deny/deny-list.ts";
import type { DenyRules } from "../config/deny/deny-rules.ts";
import { decodeComponent } from "../encoding/percent.ts";
import { documentSegment } from "../request/document-segment.ts";
import type { Target } from "../request/target.ts";
import type { RouteId } from "../routes/route.ts";
import { type Acceptance, accept, type Reason, type Refusal, refuse, type TokenMessage } from "../verdict.ts";

export interface AcceptedCredential extends Acceptance {
	readonly routeId: RouteId;
	/** The documents that the request names outside its token. */
	readonly documentKeys: readonly unknown[];
}

/** @param message for the editor's socket, which repeats it */
export function findDenial(
	accepted: AcceptedCredential,
	{ lists, isHostDenied }: DenyRules,
	message?: TokenMessage,
): Refusal | undefined {
	if (isHostDenied) return refuse("denied_host", message);
	for (const list of lists) {
		const reason = deniedBy(list, accepted);
		if (reason) return refuse(reason, message);
	}
	return undefined;
}

/** @param accepted the credential that admitted the client of a socket; `undefined` if the server did */
export const findSocketDenial = (accepted: Acceptance | undefined, deny: DenyRules): Refusal | undefined =>
	findDenial({ ...accept(), ...accepted, routeId: "socket", documentKeys: [] }, deny, "invalid token");

function deniedBy(
	{ keys, documents, purposes }: DenyList,
	{ routeId, keyName = "", issuedAt, claims = {}, documentKeys }: AcceptedCredential,
): Reason | undefined {
	const issuedBefore = keys.get(keyName);
	if (issuedBefore === Number.POSITIVE_INFINITY) return "denied_key";
	// A link says when it expires, not when it was made.
	if (issuedBefore !== undefined && !HAS_LINK.includes(routeId)) {
		// A token without `iat` may have been made at any time.
		if (issuedAt === undefined || issuedAt < issuedBefore) return "denied_issue_time";
	}
	if (documents.length > 0) {
		const named = [...documentKeys, ...documentsIn(claims)].filter((key) => key !== undefined).map(String);
		if (named.some((key) => documents.some((denied) => isOfDocument(key, denied)))) return "denied_document";
	}
	return purposesOf(routeId, claims).some((purpose) => purposes.has(purpose)) ? "denied_purpose" : undefined;
}

const HAS_LINK: readonly RouteId[] = ["cached-file", "storage-file"];

/** The documents that a token names: API calls and callbacks in `key`, editors in `document.key`. */
function documentsIn(claims: Claims): unknown[] {
	const { key, document, docId } = mergeClaims(claims);
	return [key, Object(document).key, docId];
}

/** The document in the path, as each reader of the path finds it. */
export const documentsInPath = ({ uri, docService, canonical }: Target): readonly (string | undefined)[] =>
	[uri, docService.path, canonical].map((path) => {
		const segment = documentSegment(path);
		return decodeComponent(segment) ?? segment;
	});
