/**
 * The rules on claims, with values that no integration writes: other types, empty names, the bounds. Protects against a
 * token whose odd claims pass a rule that looks at the usual ones.
 */
import { describe, expect, it } from "vitest";
import { callbackHost } from "../../../src/claims/callback-host.ts";
import { isOfDocument } from "../../../src/claims/document-key.ts";
import { checkDownloadUrl } from "../../../src/claims/download-url.ts";
import { checkSessionClaims } from "../../../src/claims/session-claims.ts";
import { allowsUrls } from "../../../src/claims/url-hosts.ts";

it.each([
	["http://a.example/x", "a.example"],
	["https://a.example:8443/x", "a.example"],
	["HTTPS://A.example", "a.example"],
	["xhttp://a.example/x", undefined],
	["httpx://a.example/x", undefined],
	["ftp://a.example/x", undefined],
	["a.example", undefined],
	[5, undefined],
	[`https://${"a.".repeat(200)}example/`, "a.".repeat(200).slice(0, 253)],
])("the integration of the callback URL %j is %j", (callbackUrl, host) => {
	expect(callbackHost({ callbackUrl })).toBe(host);
	expect(callbackHost({ editorConfig: { callbackUrl }, callbackUrl: "https://other.example/" })).toBe(host);
});

it.each([
	["doc", "doc", true],
	["doc_1", "doc", true],
	["doc_12345", "doc", true],
	["doc_123456", "doc", false],
	["doc_", "doc", false],
	["doc_x", "doc", false],
	["doc_1_2", "doc", false],
	["abc_1", "doc", false],
	["_1", "", false],
	["", "", true],
])("files of %j belong to document %j: %s", (name, documentKey, isIts) => {
	expect(isOfDocument(name, documentKey)).toBe(isIts);
});

it.each([
	["https://a.test/x", "https://a.test/x", undefined],
	["https://a.test/x#top", "https://a.test/x?", undefined],
	["https://u:p@a.test/x", "https://a.test/x", "token_url_userinfo"],
	["https://u@a.test/x", "https://a.test/x", "token_url_userinfo"],
	["https://:p@a.test/x", "https://a.test/x", "token_url_userinfo"],
	["https://a.test/100%", "https://a.test/100%25", "token_url_encoding"],
	["https://a.test/%2x", "https://a.test/%252x", "token_url_encoding"],
	["https://a.test/%2F", "https://a.test/%252F", "token_url"],
	["https://b.test/x", "https://a.test/x", "token_url"],
	["not a URL", "https://a.test/x", "token_url"],
	[undefined, "https://a.test/x", "token_url"],
])("a token for %j, called as %s: %s", (url, href, reason) => {
	expect(checkDownloadUrl({ url }, href)?.reason).toBe(reason);
});

describe("session claims", () => {
	const closed = { editorConfig: { ds_isCloseCoAuthoring: true } };
	const encrypted = { key: "k", ds_encrypted: true };
	it.each([
		[
			"upload",
			"the path's document does not decode",
			{ document: { key: "k" } },
			undefined,
			"token_document",
		],
		["upload", "neither has a key", { document: { key: "" } }, "", "token_document"],
		["upload", "a document without a key", { document: {} }, "k", "token_document"],
		["upload", "a document that is a text", { document: "other" }, "k", undefined],
		["upload", "a document that is null", { document: null, ...closed }, "k", undefined],
		["upload", "no document, and a closed editor", closed, "k", undefined],
		[
			"upload",
			"a document, and a closed editor",
			{ document: { key: "k" }, ...closed },
			"k",
			"token_permission",
		],
		["save-file", "no document", {}, "k", undefined],
		["save-file", "an encrypted document", { document: encrypted }, "k", undefined],
		["save-file", "a closed editor", { document: encrypted, ...closed }, "k", "token_permission"],
		["save-file", "an editor that is a text", { document: encrypted, editorConfig: "x" }, "k", undefined],
		[
			"download-as",
			"permissions that are null",
			{ document: { key: "k", permissions: null } },
			"k",
			undefined,
		],
		["ai-proxy", "another document", { document: { key: "other" } }, "k", undefined],
	] as const)("%s: %s", (rule, _, claims, documentKey, reason) => {
		expect(checkSessionClaims(rule, claims, documentKey, true)?.reason).toBe(reason);
	});
});

describe("URLs of listed hosts", () => {
	const HOSTS = { exact: new Set(["files.test"]), suffixes: [".example.org", ".5", ".55"] };
	const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });
	it.each([
		[{ url: "https://files.test/" }, true],
		[{ url: "" }, true],
		[{ url: null }, true],
		[{ url: 5 }, false],
		[{ url: ["https://files.test/"] }, false],
		[{ url: { href: "https://files.test/" } }, false],
		[{ url: "xhttp://files.test/" }, false],
		[{ url: "httpx://files.test/" }, false],
		[{ url: "https://:p@files.test/" }, false],
		[{ url: "http://127.10.20.5/" }, false],
		[{ url: "http://127.10.20.55/" }, false],
		[{ url: "http://127.10.20.5.example.org/" }, true],
		[{ url: "http://a.5.example.org/" }, true],
		[{ urls: ["https://evil.test/"] }, true],
		[{ FileURL: "https://evil.test/" }, false],
		[nested(64), true],
		[nested(65), false],
	])("%j: %s", (claims, allowed) => expect(allowsUrls(claims, HOSTS)).toBe(allowed));
});
