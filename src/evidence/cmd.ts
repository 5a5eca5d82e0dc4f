/**
 * The `cmd` parameter of /downloadas and /savefile: what it says beside its token.
 *
 * The server joins several of its members into paths of its storage, and no token covers them. They have to
 * stay inside the document of the request's path, so that a token of one document neither reads nor writes
 * another. Source: the server's `canvasservice.js` saveParts and `converter.js` ExecuteTask.
 */
import type { Host } from "../config/host.ts";
import { isRecord } from "../json.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { allowsUrls } from "./claim-urls.ts";
import { DOCUMENT_SUFFIX, isOfDocument } from "./document-key.ts";

/** `constants.EXTENTION_REGEX`. It becomes part of a file's name. */
const FORMAT = /^[a-z\d]*$/i;

/** @param docid the path's document, decoded; `undefined` where it does not decode */
export function checkCmd(cmd: unknown, docid: string | undefined, host: Host): Refusal | undefined {
	if (!isRecord(cmd)) return undefined;
	if (host.urlHosts && !allowsUrls(cmd, host.urlHosts)) return refuse("token_url_host");
	if (!host.bindDocument) return undefined;
	const { id, savekey, mailmergesend, forgotten, format } = cmd;
	const isOneDocument =
		(!id || isSameDocument(id, docid)) &&
		isSaveKey(savekey) &&
		isSaveKey(Object(mailmergesend).jsonkey) &&
		// The server alone names a forgotten file.
		!forgotten;
	if (!isOneDocument) return refuse("token_document");
	return isName(format) ? undefined : refuse("cmd_malformed");
}

function isSameDocument(id: unknown, docid: string | undefined): boolean {
	if (typeof id !== "string" || docid === undefined) return false;
	return isOfDocument(docid, id) || isOfDocument(id, docid);
}

const isSaveKey = (value: unknown): boolean =>
	!value || (typeof value === "string" && DOCUMENT_SUFFIX.test(value));
const isName = (value: unknown): boolean => !value || (typeof value === "string" && FORMAT.test(value));
