/**
 * Does a good session token allow this, on this document?
 *
 * The server's own rules after a token is verified: uploads need a connection that may write, encrypted
 * saving a writer and an encrypted document, downloads a permission, a printed file a path that starts with
 * the token's document. With binding, every session endpoint is bound to exactly the token's document.
 * Claims that the server stumbles over are left to it: it answers 400.
 * Source: `checkJwtUploadTransformRes`, `downloadAs`, `saveFile`, `printFile`.
 */
import type { ClaimsRule } from "../routes/document-server-routes.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { isOfDocument } from "./document-key.ts";
import type { Claims } from "../token/verify-token.ts";

/**
 * @param docid the path's document, decoded; `undefined` where it does not decode
 * @param bind whether the document has to be exactly the token's; else a printed file's has to begin like it
 */
export function checkSessionClaims(
	rule: ClaimsRule,
	claims: Claims,
	docid: string | undefined,
	bind: boolean,
): Refusal | undefined {
	const document = member(claims, "document");
	const editor = member(claims, "editorConfig");
	if (document && !isAllowed(rule, document.key, docid, bind)) return refuse("token_document");
	return isForbidden(rule, document, editor) ? refuse("token_permission") : undefined;
}

function isAllowed(rule: ClaimsRule, key: unknown, docid: string | undefined, bind: boolean): boolean {
	// Of the assistant's requests none names a document.
	if (rule === "ai-proxy") return true;
	if (bind) return key !== "" && docid !== undefined && isOfDocument(docid, String(key));
	return rule !== "print-file" || docid?.startsWith(String(key)) === true;
}

type Members = Readonly<Record<string, unknown>>;

function member(claims: Claims, name: string): Members | undefined {
	const value = claims[name];
	return typeof value === "object" && value !== null ? (value as Members) : undefined;
}

function isForbidden(rule: ClaimsRule, document?: Members, editor?: Members): boolean {
	const isClosed = Boolean(editor?.ds_isCloseCoAuthoring);
	switch (rule) {
		case "upload":
			// The server has not looked at `ds_view` here since 2023.
			return document !== undefined && isClosed;
		case "save-file":
			return document !== undefined && (!document.ds_encrypted || Boolean(editor?.ds_view) || isClosed);
		case "download-as": {
			const permissions = document && member(document, "permissions");
			return permissions?.download === false && permissions.print === false;
		}
		case "print-file":
		case "ai-proxy":
			return false;
	}
}
