/**
 * The segments of a path that may name the document. Protects the deny list and the choice of an origin: both go by the
 * document that the server opens.
 */
import { expect, it } from "vitest";
import { documentSegment, documentSegments } from "../../../src/request/document-segments.ts";

it.each([
	["/doc/k/c/", ["k"]],
	["/DOC/k", ["k"]],
	["/downloadas/k", ["k"]],
	["/downloadfile/k%20x", ["k%20x"]],
	["/savefile/k", ["k"]],
	["/upload/k/more", ["k"]],
	["/printfile/k/a.pdf", ["k"]],
	["/cache/files/data/k/a.docx", ["k", "a.docx"]],
	["/storage-cache/files/data/tenant/k/a", ["tenant", "k", "a"]],
	["/Cache/Files/data/k", ["k"]],
	["/cache/files/data/k\n/a", ["k\n", "a"]],
	[`/cache/files/data${"/k".repeat(20)}`, Array<string>(16).fill("k")],
	["/cache/files/data//k", []],
	["/cache/files/data", []],
	["/x/cache/files/data/k", []],
	["/x/doc/k", []],
	["/doc//k", []],
	["/docs/k", []],
	["/", []],
])("%j names %j", (path, segments) => {
	expect(documentSegments(path)).toEqual(segments);
	expect(documentSegment(path)).toBe(segments[0] ?? "");
});
