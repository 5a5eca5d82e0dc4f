/**
 * Links for the files that DocService serves, where nginx and DocService both read the link. Protects against a link
 * that only one of them accepts, and against arguments from which a lenient reader takes another link.
 */
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { checkLink } from "../../../src/link/check-link.ts";
import { keepServersArguments } from "../../../src/link/doc-service-arguments.ts";
import { verifyDocServiceLink } from "../../../src/link/doc-service-link.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { signLinkForOrigin } from "../../../src/link/sign-for-origin.ts";
import { readTarget } from "../../../src/request/target.ts";
import { BINDINGS, SECRETS } from "../support/call-edge.ts";
import { NOW_SECONDS, ring } from "../support/keys.ts";

const KEY = createKey("SECURE_LINK_SECRET", SECRETS.SECURE_LINK_SECRET);
const EXPIRES = String(NOW_SECONDS + 60);
const PATH = "/storage-cache/files/data/k/a.docx/a.docx";
const MD5 = signSecureLink(PATH, EXPIRES, KEY);
const LINK = `md5=${MD5}&expires=${EXPIRES}`;

describe("both readers have to accept the link", () => {
	const accepted = { ok: true, keyName: "SECURE_LINK_SECRET" };
	it.each([
		["a link of the server goes on as it is", LINK, accepted],
		["what the server does not write is dropped", `${LINK}&x=1`, { ...accepted, rewrite: { query: LINK } }],
		["DocService reads no padding", `md5=${MD5}=&expires=${EXPIRES}`, { ok: false, reason: "link_mismatch" }],
		[
			"also beside what is dropped",
			`x=1&md5=${MD5}=&expires=${EXPIRES}`,
			{ ok: false, reason: "link_mismatch" },
		],
	])("%s", async (_, query, expected) => {
		const target = readTarget({ method: "GET", url: `https://docs.test${PATH}?${query}` });
		if ("reason" in target) throw new Error(target.reason);
		const host = readHost(BINDINGS, NOW_SECONDS);
		expect(await checkLink("nginx and DocService", target, host, "", NOW_SECONDS)).toEqual(expected);
	});
});

it.each([
	["/storage-cache/files/data/k/a", "/storage-cache/files/data/k/a"],
	["/Storage-Cache/Files/DATA/k/A", "/storage-cache/files/data/k/A"],
	["/CACHE/Files/Data/k/A", "/cache/files/data/k/A"],
])("DocService finds %s in any case, and signs %s", (path, signed) => {
	const query = `md5=${signSecureLink(signed, EXPIRES, KEY)}&expires=${EXPIRES}`;
	expect(verifyDocServiceLink({ path, query }, ring(KEY.secret), NOW_SECONDS).ok).toBe(true);
});

it.each([
	["md5=a&expires=1&x=2", "md5=a&expires=1"],
	["x", ""],
	["a[md5]=x&md5=a", "md5=a"],
	["md5[]=x", undefined],
	["md5[x]=x", undefined],
	["[md5]=x", undefined],
	["MD5=x", undefined],
	["md5+x=x", undefined],
	["md5%20x=x", undefined],
	["%6dd5=x", undefined],
	["Expires=x", undefined],
	["md5=a&md5=b", undefined],
	["filename=a/b", undefined],
	["filename=a\\b", undefined],
])("of the arguments %j the server gets %j", (query, kept) => expect(keepServersArguments(query)).toBe(kept));

it.each([
	["md5=x&expires=1", "md5=SIGNED&expires=1"],
	["a=1&MD5=x&md5=y", "a=1&MD5=SIGNED&md5=y"],
	["xmd5=1&md5=x", "xmd5=1&md5=SIGNED"],
])("a link for the origin: %s becomes %s", (query, expected) => {
	const signed = signLinkForOrigin(query, PATH, EXPIRES, KEY);
	expect(signed).toBe(expected.replace("SIGNED", MD5));
});
