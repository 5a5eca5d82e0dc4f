/**
 * The rules of the deny lists that name a key, a document, a host or a purpose. Only a request whose credential is good
 * is asked, so that a stranger cannot find out what is denied.
 */
import { isOfDocument } from "../claims/document-key.ts";
import type { DenyList } from "../config/deny/deny-list.ts";
import type { DenyRules } from "../config/deny/deny-rules.ts";
import { type Reason, type Refusal, refuse, type TokenMessage } from "../verdict.ts";
import type { CredentialFacts } from "./credential-facts.ts";

/** @param message for the editor's socket, which repeats it */
export function findDenial(
	facts: CredentialFacts,
	{ lists, isHostDenied }: DenyRules,
	message?: TokenMessage,
): Refusal | undefined {
	if (isHostDenied) return refuse("denied_host", message);
	for (const list of lists) {
		const reason = deniedBy(list, facts);
		if (reason) return refuse(reason, message);
	}
	return undefined;
}

function deniedBy({ keys, documents, purposes }: DenyList, facts: CredentialFacts): Reason | undefined {
	const times = facts.keyNames.flatMap((name) => keys.get(name) ?? []);
	if (times.includes(Number.POSITIVE_INFINITY)) return "denied_key";
	// A token without `iat` may have been made at any time.
	const { issuedAt = Number.NEGATIVE_INFINITY } = facts;
	if (!facts.isLink && times.some((issuedBefore) => issuedAt < issuedBefore)) return "denied_issue_time";
	const isDenied = (key: string) => documents.some((denied) => isOfDocument(withoutConversion(key), denied));
	if (facts.documentKeys.some(isDenied)) return "denied_document";
	return facts.purposes.some((purpose) => purposes.has(purpose)) ? "denied_purpose" : undefined;
}

/** The server keeps the result of a conversion under `conv_`, the key of the call, and `_` with a number. */
const withoutConversion = (key: string): string => key.replace(/^conv_/, "");
