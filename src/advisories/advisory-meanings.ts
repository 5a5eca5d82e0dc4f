/**
 * The meaning and the source of every advisory, for the documents and for `docs-edge doctor`. The Worker does not import
 * this file. An advisory without its meaning does not compile.
 */
import type { AdvisoryId } from "./advisories.ts";

export interface AdvisoryMeaning {
	readonly meaning: string;
	readonly source: string;
}

const MEASURED = "measured by us on the sources of 9.3";
const CHANGE_LOG = "the server's change log";
const CVE = "the CVE record";

export const ADVISORY_MEANINGS: Readonly<Record<AdvisoryId, AdvisoryMeaning>> = {
	"file-by-argument": {
		meaning: "The link of one file opens another file, by a slash in an argument.",
		source: MEASURED,
	},
	"wopi-caller-names-host": {
		meaning: "A WOPI page makes the server call any host, and gives out a token for it.",
		source: MEASURED,
	},
	"convert-to-without-token": {
		meaning: "`/cool/convert-to` and `/lool/convert-to` convert for anybody, by design.",
		source: MEASURED,
	},
	"convert-and-edit-xss": { meaning: "Script in the page of a WOPI conversion.", source: CHANGE_LOG },
	"CVE-2025-5301": { meaning: "Script in WOPI pages.", source: `${CVE}; fixed in 8.2.3 by another text` },
	"info-config": { meaning: "`/info/config` changes the configuration.", source: CHANGE_LOG },
	"info-page": { meaning: "`/info` shows the licence to strangers.", source: CHANGE_LOG },
	"CVE-2023-46988": {
		meaning: "The example reads any file, by `fileExt`.",
		source: `${CVE}: 7.5.0 and before; OSV: fixed in 8.0.1`,
	},
	"example-configuration": { meaning: "The example shows its configuration.", source: CHANGE_LOG },
	"CVE-2021-43444": { meaning: "Links are signed with a known default secret.", source: CVE },
	"CVE-2021-43445": { meaning: "Tokens are signed with a known default secret.", source: CVE },
	"CVE-2021-43447": { meaning: "The editor's socket takes edits without a token.", source: CVE },
	"CVE-2021-43448": { meaning: "The editor's socket lets a client use any name.", source: CVE },
	"CVE-2021-43449": { meaning: "The editor's socket makes the server call any URL.", source: CVE },
	"cmd-traversal": { meaning: "`/savefile` and `/downloadas` read and write any path.", source: CHANGE_LOG },
	"CVE-2021-3199": { meaning: "`/upload` writes to any path.", source: CVE },
	"CVE-2021-25833": { meaning: "A conversion takes a file name from the request.", source: CVE },
	"epub-file-read": { meaning: "Converting an EPUB reads files of the server.", source: CHANGE_LOG },
	"xlsb-jwt-secret": { meaning: "Converting an XLSB reveals the JWT secret.", source: CHANGE_LOG },
	"CVE-2026-41034": {
		meaning: "A hole in how the converter reads XLS files. Opening such a document uses it too.",
		source: CVE,
	},
	"xls-file-read": {
		meaning: "More holes of the same kind. Opening such a document uses them too.",
		source: CHANGE_LOG,
	},
	"converter-and-macros": {
		meaning:
			"CVE-2020-11534 to -11536, CVE-2021-25829 to -25832, CVE-2021-43446, CVE-2023-30186 to -30188: the converter, macros, the browser.",
		source: `${CVE}s; fixed from 5.5.1 to 9.3.0`,
	},
};
