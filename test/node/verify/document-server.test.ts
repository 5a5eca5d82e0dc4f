/**
 * The Document Server of the bypass check: a real nginx and a router written after Express. Protects against a check
 * whose handlers are reached by other requests than at the server, or that accept other credentials.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compilePath, readUrl } from "../../../verify/document-server/express-paths.ts";
import { type DocumentServerOrigin, startOrigin } from "../../../verify/document-server/origin.ts";
import { hasNginx } from "../support/nginx.ts";
import { sendRaw } from "../support/raw-http.ts";
import { LINK_SECRET, rawRequest, requestVectors, TOKEN_SECRETS } from "../support/vectors.ts";

describe("paths", () => {
	it.each([
		["/command", "/COMMAND", true],
		["/command", "/command/", true],
		["/command", "/command//", false],
		["/command", "/comm%61nd", false],
		["/command", "/command/x", false],
		["/robots.txt", "/robotsxtxt", false],
		["/upload/:docid*", "/upload/doc1/any/thing", true],
		["/upload/:docid*", "/upload/doc1%2fx", true],
		["/upload/:docid*", "/upload/", false],
		["/cool/convert-to/:format?", "/cool/convert-to", true],
		["/cool/convert-to/:format?", "/cool/convert-to/pdf/x", false],
	])("%s covers %s: %s", (path, asked, isCovered) => {
		expect(compilePath(path).test(asked)).toBe(isCovered);
	});
	it.each([
		["/ai-proxy", true],
		["/AI-Proxy/any/thing", true],
		["/ai-proxyx", false],
	])("a mount at /ai-proxy covers %s: %s", (asked, isCovered) => {
		expect(compilePath("/ai-proxy", true).test(asked)).toBe(isCovered);
	});
	it.each([
		["/a?b?c", { pathname: "/a", query: "b?c" }],
		["/a#b?c", { pathname: "/a", query: "" }],
		["http://x.test/a?b", { pathname: "/a", query: "b" }],
		["/a\xa0?b", { pathname: "/a\xa0", query: "b" }],
		["/a\xa0", { pathname: "/a", query: "" }],
	])("%s", (target, expected) => {
		expect(readUrl(target)).toEqual(expected);
	});
});

/** The names that the vectors have for handlers. */
const HANDLER_NAMES: Readonly<Record<string, string>> = {
	command: "command",
	converter: "convert",
	docbuilder: "builder",
	downloadfile: "download-file",
	upload: "upload",
	downloadas: "download-as",
	savefile: "save-file",
	printfile: "print-file",
	"ai-proxy": "ai-proxy",
};

describe.runIf(hasNginx)("every measured request", () => {
	let origin: DocumentServerOrigin;
	beforeAll(async () => {
		origin = await startOrigin({ ...TOKEN_SECRETS, link: LINK_SECRET });
	});
	afterAll(() => origin.stop());

	/** At `/ai-proxy` the real server checks nothing. Here its handler checks the token as every other one. */
	const measured = requestVectors.filter(
		({ id, via, nginx, flag }) =>
			(via === "nginx" || nginx) && flag !== "ai_proxy_no_check" && id !== "session/odd-aiproxy-zero",
	);
	it("has enough vectors", () => expect(measured.length).toBeGreaterThan(1000));
	it.each(measured)("$id reaches the same handler, with the same verdict", async (vector) => {
		const { id, handler, verdict, nginx } = vector;
		const request = rawRequest(vector);
		await sendRaw(origin.url, { ...request, headers: { ...request.headers, "X-Case": id } });
		const reached = origin.take(id);
		const accepted = reached.filter(({ isGood }) => isGood);
		const isAccepted = (nginx?.verdict ?? verdict) === "accept";
		expect(accepted.map((one) => one.handler)).toEqual(isAccepted ? [HANDLER_NAMES[handler ?? ""]] : []);
		const isRejected = (nginx?.verdict ?? verdict) === "reject";
		if (isRejected) expect(reached.map((one) => one.handler)).toEqual([HANDLER_NAMES[handler ?? ""]]);
	});
});
