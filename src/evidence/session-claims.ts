/**
 * Does a good session token allow this, on this document?
 *
 * The server's own rules after a token is verified: uploads and saves need a writer, encrypted saving an
 * encrypted document, downloads a permission, a printed file a path that starts with the token's
 * document (it has a suffix). With binding, the last holds for every session endpoint. Claims that the
 * server stumbles over are left to it: it answers 400. Source: `checkJwtUploadTransformRes`,
 * `downloadAs`, `saveFile`, `printFile`.
 */
import type { ClaimsRule } from "../policy/routes.ts";
import { type Refusal, refuse } from "../verdict.ts";
import type { Claims } from "./token.ts";

/**
 * @param docid the path's document, percent-encoded
 * @param bind whether every session endpoint, not the printed file alone, is bound to its document
 */
export function checkSessionClaims(
	rule: ClaimsRule,
	claims: Claims,
	docid: string,
	bind: boolean,
): Refusal | undefined {
	const document = member(claims, "document");
	const editor = member(claims, "editorConfig");
	const isUnbound = document && bind && document.key === "";
	if (isUnbound || (document && (bind || rule === "print-file") && !startsWithKey(docid, document.key))) {
		return refuse("token_document");
	}
	return isForbidden(rule, document, editor) ? refuse("token_permission") : undefined;
}

type Members = Readonly<Record<string, unknown>>;

function member(claims: Claims, name: string): Members | undefined {
	const value = claims[name];
	return typeof value === "object" && value !== null ? (value as Members) : undefined;
}

function isForbidden(rule: ClaimsRule, document?: Members, editor?: Members): boolean {
	const mayNotWrite = Boolean(editor?.ds_view || editor?.ds_isCloseCoAuthoring);
	switch (rule) {
		case "upload":
			return document !== undefined && mayNotWrite;
		case "save-file":
			return document !== undefined && (!document.ds_encrypted || mayNotWrite);
		case "download-as": {
			const permissions = document && member(document, "permissions");
			return permissions?.download === false && permissions.print === false;
		}
		case "print-file":
			return false;
	}
}

function startsWithKey(docid: string, key: unknown): boolean {
	try {
		return decodeURIComponent(docid).startsWith(String(key));
	} catch {
		return false;
	}
}
