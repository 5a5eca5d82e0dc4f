/**
 * The known holes of the Document Server, with the version that closed each, and what the edge does about it.
 *
 * A rule at the edge is a bridge to the upgrade: it covers the parameters that the advisory names, and no others.
 * Sources: the Document Server's change log to 9.4.0, the CVE records, and our own measurements.
 */
import type { RouteId } from "../routes/route.ts";

export interface Advisory {
	/** The id in the response, in the log and in the documents. */
	readonly id: string;
	/** The first version without the hole; `undefined`: no version is known. */
	readonly fixedIn: string | undefined;
	readonly closedBy: Closing;
}

export type Closing =
	/** The edge's own checks, in every version. */
	| { readonly by: "edge" }
	/** The edge's own checks, unless this binding turns them off. */
	| { readonly by: "setting"; readonly binding: ClosingBinding }
	/** A rule for requests of one route, in versions before `fixedIn`. */
	| { readonly by: "rule"; readonly route: RouteId; readonly rule: AdvisoryRule }
	/** Only an upgrade. */
	| { readonly by: "upgrade" };

/** The bindings whose checks close a hole. */
export type ClosingBinding = "BIND_DOCUMENT" | "EXPOSURE" | "SOCKET_GUARD" | "WOPI_CONVERT" | "WOPI_HOSTS";

export type AdvisoryRule =
	/** No parameter of the query contains `..` or `\`. */
	| { readonly kind: "no traversal" }
	/** `filetype` and `outputtype` are letters and digits. */
	| { readonly kind: "plain extensions" }
	/** The converter gets no file of these formats. */
	| { readonly kind: "formats"; readonly formats: readonly string[] };

const EDGE: Closing = { by: "edge" };
const UPGRADE: Closing = { by: "upgrade" };
const EXPOSURE: Closing = { by: "setting", binding: "EXPOSURE" };
const WOPI: Closing = { by: "setting", binding: "WOPI_HOSTS" };
const formats = (...names: string[]): Closing => ({
	by: "rule",
	route: "convert",
	rule: { kind: "formats", formats: names },
});

// biome-ignore format: a table
const TABLE = [
	{ id: "file-by-argument",       fixedIn: undefined, closedBy: EDGE },
	{ id: "wopi-caller-names-host", fixedIn: undefined, closedBy: WOPI },
	{ id: "convert-to-without-token", fixedIn: undefined, closedBy: { by: "setting", binding: "WOPI_CONVERT" } },
	{ id: "convert-and-edit-xss",   fixedIn: "9.4.0",   closedBy: WOPI },
	{ id: "CVE-2025-5301",          fixedIn: "8.3.2",   closedBy: WOPI },
	{ id: "info-config",            fixedIn: "9.1.0",   closedBy: EDGE },
	{ id: "info-page",              fixedIn: "5.5.3",   closedBy: EDGE },
	{ id: "CVE-2023-46988",         fixedIn: "8.0.1",   closedBy: EXPOSURE },
	{ id: "example-configuration",  fixedIn: "8.1.0",   closedBy: EXPOSURE },
	{ id: "CVE-2021-43444",         fixedIn: "7.2.0",   closedBy: EXPOSURE },
	{ id: "CVE-2021-43445",         fixedIn: "7.2.0",   closedBy: EXPOSURE },
	{ id: "CVE-2021-43447",         fixedIn: "7.2.0",   closedBy: { by: "setting", binding: "SOCKET_GUARD" } },
	{ id: "CVE-2021-43448",         fixedIn: "7.2.0",   closedBy: { by: "setting", binding: "SOCKET_GUARD" } },
	{ id: "CVE-2021-43449",         fixedIn: "7.2.0",   closedBy: { by: "setting", binding: "SOCKET_GUARD" } },
	{ id: "cmd-traversal",          fixedIn: "6.0.1",   closedBy: { by: "setting", binding: "BIND_DOCUMENT" } },
	{ id: "CVE-2021-3199",          fixedIn: "5.6.3",   closedBy: { by: "rule", route: "upload", rule: { kind: "no traversal" } } },
	{ id: "CVE-2021-25833",         fixedIn: "5.6.1",   closedBy: { by: "rule", route: "convert", rule: { kind: "plain extensions" } } },
	{ id: "epub-file-read",         fixedIn: "9.1.0",   closedBy: formats("epub") },
	{ id: "xlsb-jwt-secret",        fixedIn: "7.5.0",   closedBy: formats("xlsb") },
	{ id: "CVE-2026-41034",         fixedIn: "9.3.0",   closedBy: formats("xls") },
	{ id: "xls-file-read",          fixedIn: "9.4.0",   closedBy: formats("xls") },
	// CVE-2020-11534 to -11536, CVE-2021-25829 to -25832, CVE-2021-43446, CVE-2023-30186 to -30188.
	{ id: "converter-and-macros",     fixedIn: "9.3.0",   closedBy: UPGRADE },
] as const satisfies readonly Advisory[];

export type AdvisoryId = (typeof TABLE)[number]["id"];
export const ADVISORIES: readonly (Advisory & { readonly id: AdvisoryId })[] = TABLE;
