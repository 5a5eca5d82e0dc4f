/**
 * Checks what a good session token allows on the document of the path.
 *
 * The rules are the server's. It refuses uploads and saves on a closed connection. It also refuses saves by viewers, and
 * saves of unencrypted documents. It refuses downloads if `download` and `print` are both false. The path of a printed
 * file has to begin with the token's document. With `BIND_DOCUMENT`, every session endpoint requires the token's own
 * document; requests of the assistant name none. Claims that make the server answer 400 are left to it. Source: the
 * server's `checkJwtUploadTransformRes`, `downloadAs`, `saveFile`, `printFile`.
 */
import type { ClaimsRule } from "../routes/route.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { isOfDocument } from "./document-key.ts";
import type { Claims } from "./merged-claims.ts";

/**
 * @param documentKey of the path, decoded; `undefined` if it does not decode
 * @param bindDocument whether the path's document has to be exactly the token's
 */
export function checkSessionClaims(
	rule: ClaimsRule,
	claims: Claims,
	documentKey: string | undefined,
	bindDocument: boolean,
): Refusal | undefined {
	const document = member(claims, "document");
	const editor = member(claims, "editorConfig");
	if (document && !isItsDocument(rule, document.key, documentKey, bindDocument))
		return refuse("token_document");
	return isForbidden(rule, document, editor) ? refuse("token_permission") : undefined;
}

function isItsDocument(
	rule: ClaimsRule,
	claimedKey: unknown,
	documentKey: string | undefined,
	bindDocument: boolean,
): boolean {
	// Requests of the assistant name no document.
	if (rule === "ai-proxy") return true;
	if (bindDocument)
		return claimedKey !== "" && documentKey !== undefined && isOfDocument(documentKey, String(claimedKey));
	return rule !== "print-file" || documentKey?.startsWith(String(claimedKey)) === true;
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
			// The server has ignored `ds_view` here since 2023.
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
