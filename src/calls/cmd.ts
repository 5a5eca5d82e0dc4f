/**
 * The `cmd` parameter of /downloadas and /savefile: what it says beside its token.
 *
 * The server joins several of its members into paths of its storage, and no token covers them. They have to
 * stay inside the document of the request's path, so that a token of one document neither reads nor writes
 * another. Source: the server's `canvasservice.js` saveParts and `converter.js` ExecuteTask.
 */
import type { Host } from "../config/host.ts";
import { isRecord } from "../encoding/json.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { allowsUrls } from "../claims/url-hosts.ts";
import { DOCUMENT_SUFFIX, isOfDocument } from "../claims/document-key.ts";

/** `constants.EXTENTION_REGEX`. It becomes part of a file's name. */
const FORMAT = /^[a-z\d]*$/i;

/** @param docid the path's document, decoded; `undefined` where it does not decode */
export function checkCmd(cmd: unknown, docid: string | undefined, host: Host): Refusal | undefined {
	if (!isRecord(cmd)) return undefined;
	if (host.urlHosts && !allowsUrls(cmd, host.urlHosts)) return refuse("token_url_host");
	if (!host.bindDocument) return undefined;
	const { id, savekey, mailmergesend, forgotten, format, tokenDownload } = cmd;
	const isOneDocument =
		(!id || isSameDocument(id, docid)) &&
		isSaveKey(savekey) &&
		isSaveKey(Object(mailmergesend).jsonkey) &&
		// The server alone names a forgotten file.
		!forgotten &&
		hasFolderOfItsOwn(cmd) &&
		// The token of a download names no document: with it only a new folder is written.
		(!tokenDownload || (!savekey && !OF_DOCUMENT.includes(cmd.c)));
	if (!isOneDocument) return refuse("token_document");
	return isName(format) ? undefined : refuse("cmd_malformed");
}

/** Commands that read what is stored of the document. */
const OF_DOCUMENT: readonly unknown[] = ["savefromorigin", "sendmm"];
const SAVES: readonly unknown[] = ["save", ...OF_DOCUMENT];
/** The server makes a new folder for a first part, and for a file in one part: `SAVE_TYPE_PART_START`, `_COMPLETE_ALL`. */
const STARTS: readonly unknown[] = [0, 3];

/** Without a folder the server would write to the document itself, whoever may only read it. */
const hasFolderOfItsOwn = ({ c, savetype, savekey }: Readonly<Record<string, unknown>>): boolean =>
	!SAVES.includes(c) || Boolean(savekey) || STARTS.includes(savetype);

function isSameDocument(id: unknown, docid: string | undefined): boolean {
	if (typeof id !== "string" || docid === undefined) return false;
	return isOfDocument(docid, id) || isOfDocument(id, docid);
}

const isSaveKey = (value: unknown): boolean =>
	!value || (typeof value === "string" && DOCUMENT_SUFFIX.test(value));
const isName = (value: unknown): boolean => !value || (typeof value === "string" && FORMAT.test(value));
