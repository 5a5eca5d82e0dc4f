/**
 * Checks a request for a WOPI page of the Document Server.
 *
 * The server requires no credential for these pages. It calls the host that the request names, and prints the request
 * into the page. So the edge requires that the source is listed and written plainly, and that no text becomes a script.
 */
import { bodyRules } from "../config/body-rules.ts";
import type { Host } from "../config/host.ts";
import { type Body, readBody } from "../request/body.ts";
import type { Target } from "../request/target.ts";
import type { WopiPage } from "../routes/route.ts";
import { tokenRules, verifyToken } from "../token/verify-token.ts";
import { type Acceptance, accept, type Refusal, refuse, type Verdict } from "../verdict.ts";
import { oneParameter } from "./one-parameter.ts";
import { isForm, isSafeForm, isSafeQuery } from "./page-text.ts";
import { isListedSource } from "./source.ts";

export type CheckedPage = Acceptance & { readonly body?: Body };

export async function checkWopiPage(
	request: Request,
	page: WopiPage,
	{ docService: { path, query } }: Target,
	host: Host,
	nowSeconds: number,
): Promise<CheckedPage | Refusal> {
	const { hosts } = host.wopi;
	if (hosts.size === 0 || !isOffered(page, path)) return refuse("wopi_closed");
	if (!isSafeQuery(query)) return refuse("wopi_text");
	if (!isListedSource(oneParameter(query, "wopisrc"), hosts)) return refuse("wopi_source");
	return page === "handler" ? checkHandler(query, host, nowSeconds) : checkForm(request, host);
}

const TYPES = ["word", "cell", "slide", "pdf", "diagram"];
const MODES = ["view", "edit"];
const EXTENSION = /^[a-z\d]+$/;

/** The server takes any type and mode, and prints both into its page. */
function isOffered(page: WopiPage, path: string): boolean {
	const segments = path.replace(/\/$/, "").split("/");
	const [first = "", second = ""] = segments.slice(-2);
	if (page === "editor") return TYPES.includes(first) && MODES.includes(second);
	return page === "handler" || (EXTENSION.test(first) && EXTENSION.test(second));
}

async function checkForm(request: Request, host: Host): Promise<CheckedPage | Refusal> {
	const contentType = request.headers.get("Content-Type") ?? "";
	if (!isForm(contentType)) return accept();
	// The server ignores the coding of a multipart form, so a compressed one would hide its text from this check.
	if (/multipart/i.test(contentType) && request.headers.has("Content-Encoding"))
		return refuse("body_coding_unsupported");
	const body = await readBody(request, bodyRules(host, "wopi-page"));
	if ("ok" in body) return body;
	return isSafeForm(body.text, contentType) ? { ...accept(), body } : refuse("wopi_text");
}

/** The token names the converted document, not the source. The query has to name the same document. */
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
