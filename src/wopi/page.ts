/**
 * The evidence of a WOPI route of the Document Server: it asks for no credential itself, so the edge asks
 * that the source is written plainly and listed, and that nothing of the request becomes a script.
 */
import { type Host, isShadowed } from "../config/host.ts";
import type { Target } from "../request/target.ts";
import { type Acceptance, accept, type Refusal, refuse, type Verdict } from "../verdict.ts";
import { oneParameter } from "./one-parameter.ts";
import { isForm, isSafeForm, isSafeQuery } from "./page-text.ts";
import { isListedSource } from "./source.ts";
import { type Body, readBody } from "../request/body.ts";
import { fitsPlace } from "../claims/purpose.ts";
import { tokenRules, verifyToken } from "../token/verify-token.ts";
import { findToken } from "../token/find-token.ts";

export type CheckedPage = Acceptance & { readonly body?: Body };

/** @param asks which page: an editor's, a conversion's, or the call that stores the converted file */
export async function checkWopiPage(
	request: Request,
	asks: "editor" | "conversion" | "handler",
	{ service }: Target,
	host: Host,
	nowSeconds: number,
): Promise<CheckedPage | Refusal> {
	const { hosts } = host.wopi;
	if (hosts.size === 0 || !isOffered(asks, service.path)) return refuse("wopi_closed");
	if (!isSafeQuery(service.query)) return refuse("wopi_text");
	if (!isListedSource(oneParameter(service.query, "wopisrc"), hosts)) return refuse("wopi_source");
	return asks === "handler" ? checkHandler(service.query, host, nowSeconds) : checkForm(request, host);
}

const TYPES = ["word", "cell", "slide", "pdf", "diagram"];
const MODES = ["view", "edit"];
const EXTENSION = /^[a-z\d]+$/;

/** The server prints type and mode into its page, and takes any. */
function isOffered(asks: "editor" | "conversion" | "handler", path: string): boolean {
	const segments = path.replace(/\/$/, "").split("/");
	const [first = "", second = ""] = segments.slice(-2);
	if (asks === "editor") return TYPES.includes(first) && MODES.includes(second);
	return asks === "handler" || (EXTENSION.test(first) && EXTENSION.test(second));
}

async function checkForm(request: Request, host: Host): Promise<CheckedPage | Refusal> {
	const contentType = request.headers.get("Content-Type") ?? "";
	if (!isForm(contentType)) return accept();
	// The server reads a multipart form as it is sent, whatever coding it is said to have.
	if (/multipart/i.test(contentType) && request.headers.has("Content-Encoding"))
		return refuse("body_coding_unsupported");
	const rules = {
		limitBytes: host.limits.bodyBytes,
		stallMs: host.clientStallMs,
		keep: isShadowed(host, "wopi-page"),
	};
	const body = await readBody(request, rules);
	if ("ok" in body) return body;
	return isSafeForm(body.text, contentType) ? { ...accept(), body } : refuse("wopi_text");
}

/** The token does not name the source; it names the converted document, and that has to be the query's. */
async function checkHandler(query: string, host: Host, nowSeconds: number): Promise<Verdict> {
	const token = oneParameter(query, "token", ["access_token", "access_token_ttl"]);
	const verdict = await verifyToken(token, host.keys.browser, tokenRules(host, nowSeconds));
	if (!verdict.ok) return verdict;
	const { docId } = verdict.claims;
	const isItsDocument = typeof docId === "string" && docId === oneParameter(query, "docid");
	return isItsDocument && EXTENSION.test(oneParameter(query, "targetext") ?? "")
		? verdict
		: refuse("token_document", "invalid token");
}

/** An uploaded file is converted for anybody: here for a conversion's token, in header or query. */
export async function checkWopiConversion(
	{ headers }: Request,
	{ service: { query } }: Target,
	host: Host,
	nowSeconds: number,
): Promise<Verdict> {
	if (!host.wopi.convertsWithToken) return refuse("wopi_closed");
	const call = { query, headers, body: "", tokenLimit: host.limits.tokenBytes };
	const found = findToken(
		[
			["header", "inbox"],
			["query", "inbox"],
		],
		call,
		host.tokenHeader,
	);
	if ("ok" in found) return found;
	const verdict = await verifyToken(found.token, host.keys.inbox, tokenRules(host, nowSeconds));
	if (!verdict.ok) return verdict;
	return fitsPlace("uploaded conversion", verdict.claims) ? verdict : refuse("token_purpose");
}
