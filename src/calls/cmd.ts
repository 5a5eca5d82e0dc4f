/**
 * Checks the `cmd` parameter of /downloadas and /savefile.
 *
 * The server joins several of its members into paths of its storage, and no token covers them. All of them have to
 * stay inside the document of the path. Otherwise the token of one document reads or writes another document.
 * Source: the server's `canvasservice.js` saveParts, `converter.js` ExecuteTask.
 */
import { DOCUMENT_SUFFIX, isOfDocument } from "../claims/document-key.ts";
import { allowsUrls } from "../claims/url-hosts.ts";
import type { Host } from "../config/host.ts";
import { isRecord } from "../encoding/json.ts";
import { type Refusal, refuse } from "../verdict.ts";

/** `constants.EXTENTION_REGEX`. The server makes it part of a file's name. */
const FORMAT = /^[a-z\d]*$/i;

/** @param documentKey of the path, decoded; `undefined` if it does not decode */
export function checkCmd(cmd: unknown, documentKey: string | undefined, host: Host): Refusal | undefined {
	if (!isRecord(cmd)) return undefined;
	if (host.urlHosts && !allowsUrls(cmd, host.urlHosts)) return refuse("token_url_host");
	if (!host.bindDocument) return undefined;
	const { id, savekey, mailmergesend, forgotten, format, tokenDownload } = cmd;
	const isOneDocument =
		(!id || isSameDocument(id, documentKey)) &&
		isSaveKey(savekey) &&
		isSaveKey(Object(mailmergesend).jsonkey) &&
		// Only the server itself names a forgotten file.
		!forgotten &&
		hasOwnFolder(cmd) &&
		// The token of a download names no document. Such a call may write only into a new folder.
		(!tokenDownload || (!savekey && !READS_DOCUMENT.includes(cmd.c)));
	if (!isOneDocument) return refuse("token_document");
	return isName(format) ? undefined : refuse("cmd_malformed");
}

/** Commands that read the stored document. */
const READS_DOCUMENT: readonly unknown[] = ["savefromorigin", "sendmm"];
const SAVES: readonly unknown[] = ["save", ...READS_DOCUMENT];
/** The server makes a new folder for the first part of a file: `SAVE_TYPE_PART_START`, `SAVE_TYPE_COMPLETE_ALL`. */
const STARTS: readonly unknown[] = [0, 3];

/** Without a folder of its own the server would write over the document, even for a user who may only read. */
const hasOwnFolder = ({ c, savetype, savekey }: Readonly<Record<string, unknown>>): boolean =>
	!SAVES.includes(c) || Boolean(savekey) || STARTS.includes(savetype);

function isSameDocument(id: unknown, documentKey: string | undefined): boolean {
	if (typeof id !== "string" || documentKey === undefined) return false;
	return isOfDocument(documentKey, id) || isOfDocument(id, documentKey);
}

const isSaveKey = (value: unknown): boolean =>
	!value || (typeof value === "string" && DOCUMENT_SUFFIX.test(value));
const isName = (value: unknown): boolean => !value || (typeof value === "string" && FORMAT.test(value));
