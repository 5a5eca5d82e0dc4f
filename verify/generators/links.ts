/**
 * Generates signed links: right ones, and ones that differ from a right one in their path, their query, the form of
 * their signature, or their method.
 */
import fc from "fast-check";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../src/link/secure-link.ts";
import { nginxUri } from "../../src/request/nginx-uri.ts";
import { LINK_SECRET, normalisedTarget } from "../../test/node/support/vectors.ts";
import { applyEdits, edits, weighted, withOtherBits } from "./edits.ts";

export interface LinkRequest {
	readonly method: string;
	/** As sent, one character per byte. */
	readonly target: string;
}

const KEY = createKey("link", LINK_SECRET);

const PATHS = [
	"/cache/files/data/doc1/Editor.bin/a.docx",
	"/cache/files/data/k-1_2=/output.docx/My%20File%20(1).docx",
	"/cache/files/d/%D0%94%D0%BE%D0%BA.docx/100%25.docx",
	"/cache/files/data/doc1/media/image1.png/image1.png",
	"/CACHE/Files/d/a.docx/a.docx",
];
// biome-ignore format: a table
const PATH_PIECES = [
	"/", "//", "/./", "/../", "%2f", "%2F", "%2e", "..", "%2e%2e", ".", "%25", "%3f", "%23", "%5c", "\\", ";", "+", "%20",
	"%00", "%zz", "%", "%0a", "%0d", "%c3%a9", "\xc3\xa9", "%ff", "%C5%BF", "A", "a", "%61", "~", "(", "\xe9",
	"/9.1.0-2", "cache/files/", "|", "'", "[", "*", "@", ":", ",", "%u002f", "%c0%af", "%252f", "..%2f", "%2e/", "\x7f",
];
// biome-ignore format: a table
const QUERY_PIECES = [
	"&", "=", "?", "#", "%26", "%3d", ",", "md5=", "MD5=", "expires=", "&md5=", "&x=1", "%6dd5=", "+", "%20", " ", "-",
	"_", "0", "1", "a", "Z", "==", "&&", ";", "%00", "%zz", "[]", "\\", "'", "&expires=4102444800", "&md5", "\t", "\xff",
];
const EXPIRES = weighted(
	[16, "4102444800"],
	...[
		["1600000000", "0", "-1", "04102444800", "9223372036854775807", "9223372036854775808", "1e10"],
		["4102444800.0", "", "4102444800000", "+4102444800", "0x7fffffff", "4102444800abc", "00000000000"],
	]
		.flat()
		.map((text) => [1, text] as const),
);

/** Forms of the `md5` argument. nginx reads some of them like the right one. */
const MD5_FORMS = weighted<(md5: string) => string>(
	[24, (md5) => md5],
	[1, (md5) => `${md5}=`],
	[1, (md5) => `${md5}==`],
	[1, (md5) => `${md5}===`],
	[1, (md5) => `${md5}=A`],
	[1, (md5) => `${md5}A`],
	[1, (md5) => `${md5}%3D`],
	[1, (md5) => md5.slice(0, -1)],
	[1, (md5) => withOtherBits(md5, 0b101)],
	[1, (md5) => md5.replaceAll("-", "+").replaceAll("_", "/")],
	[1, (md5) => md5.toLowerCase()],
	[1, (md5) => Buffer.from(md5, "base64url").toString("hex")],
);

/** A path of a cached file with up to three edits. */
export const paths: fc.Arbitrary<string> = fc
	.tuple(fc.constantFrom(...PATHS), fc.oneof(fc.constant([]), edits(PATH_PIECES, 3)))
	.map(([path, list]) => applyEdits(path, list))
	.map((path) => (path.startsWith("/") ? path : `/${path}`));

/** @returns nginx's `$uri` of a path; the path itself if nginx refuses it */
export function signedUri(path: string): string {
	const judged = normalisedTarget(path.replace(/[?#].*$/s, ""));
	return (judged && nginxUri(judged)) ?? path;
}

/** nginx reads the names of arguments without their case (`ngx_http_arg`). */
const NAMES = weighted(
	[16, ["md5", "expires"]],
	[1, ["MD5", "expires"]],
	[1, ["Md5", "Expires"]],
	[1, ["md5", "eXPIREs"]],
);
/** Around the longest request line that nginx reads. */
const LONG_TARGETS = fc.integer({ min: 8100, max: 8250 });
const METHODS = weighted([20, "GET"], [2, "HEAD"], [1, "POST"], [1, "PUT"], [1, "OPTIONS"], [1, "TRACE"]);
const SITES = weighted(
	[30, ""],
	[1, "http://edge.test"],
	[1, "https://other.test:81"],
	[1, "HTTP://edge.test"],
);

export const links: fc.Arbitrary<LinkRequest> = fc
	.record({
		path: paths,
		expires: EXPIRES,
		form: MD5_FORMS,
		names: NAMES,
		signsUri: weighted([9, true], [1, false]),
		more: weighted([2, []], [1, ["filename=a.docx"]], [1, ["shardkey=doc1", "filename=a.docx"]]),
		isReversed: weighted([3, false], [1, true]),
		edits: fc.oneof(
			{ weight: 3, arbitrary: fc.constant([]) },
			{ weight: 2, arbitrary: edits(QUERY_PIECES, 2) },
		),
		length: fc.oneof({ weight: 40, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: LONG_TARGETS }),
		method: METHODS,
		site: SITES,
	})
	.map((link) => {
		const md5 = link.form(
			signSecureLink(link.signsUri ? signedUri(link.path) : link.path, link.expires, KEY),
		);
		const [md5Name, expiresName] = link.names;
		const args = [`${md5Name}=${md5}`, `${expiresName}=${link.expires}`, ...link.more];
		const query = applyEdits((link.isReversed ? args.reverse() : args).join("&"), link.edits);
		const target = `${link.site}${link.path}?${query}`;
		return { method: link.method, target: target.padEnd(link.length, "&x=") };
	});
