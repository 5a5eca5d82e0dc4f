/**
 * Conditions on a cached file. nginx answers 304 only if the date and the tag both say so. Protects against a client
 * that keeps an old picture because one of the two was not looked at.
 */
import { describe, expect, it } from "vitest";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const FAR = "4102444800";
const URI = "/cache/files/data/conditions/media/image1.png/i.png";
const LINK = `https://edge.test${URI}?md5=${signSecureLink(URI, FAR, createKey("server", SECRETS.SECURE_LINK_SECRET))}&expires=${FAR}`;
const DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
const LATER = "Tue, 14 Nov 2023 22:13:21 GMT";
const EARLIER = "Tue, 14 Nov 2023 22:13:19 GMT";
const file = () =>
	new Response("picture", {
		headers: { "Content-Length": "7", "Accept-Ranges": "bytes", ETag: '"e"', "Last-Modified": DATE },
	});

/** @returns the status of a request to the cached file; the origin is not asked */
async function statusOf(headers: HeadersInit): Promise<number> {
	await callEdge(new Request(LINK), BINDINGS, file);
	const { response, forwarded } = await callEdge(new Request(LINK, { headers }), BINDINGS, file);
	expect(forwarded.length).toBe(0);
	return response.status;
}

describe("If-Modified-Since beside If-None-Match (nginx ngx_http_not_modified_header_filter)", () => {
	it.each([
		[DATE, '"e"', 304],
		[DATE, "*", 304],
		[DATE, '"other"', 200],
		[LATER, '"e"', 200],
		[EARLIER, '"e"', 200],
		[LATER, "*", 200],
		["not a date", '"e"', 200],
		[LATER, '"other"', 200],
	])("%s with %s: %d", async (since, tag, status) => {
		expect(await statusOf({ "If-Modified-Since": since, "If-None-Match": tag })).toBe(status);
	});
	it.each([
		[{ "If-Modified-Since": DATE }, 304],
		[{ "If-Modified-Since": LATER }, 200],
		[{ "If-None-Match": '"e"' }, 304],
		[{ "If-None-Match": '"other"' }, 200],
	])("%j alone: %d", async (headers, status) => {
		expect(await statusOf(headers)).toBe(status);
	});
});
