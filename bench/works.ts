/**
 * The works: the requests that every contender answers, and the right responses.
 */
import { BAD_LINK, BAD_TOKEN, bodyWithToken, LINK, MEDIA_LINK, SESSION_TOKEN, TOKEN } from "./credentials.ts";

const KIB = 1024;
const FILE_BYTES = 4096;

export interface Work {
	readonly name: string;
	readonly method: "GET" | "POST";
	readonly target: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** The right response, checked once before a work is measured. */
	readonly responses: {
		/** Of a Worker that passes every request on. */
		readonly passing: ExpectedResponse;
		/** Of a Worker that checks the credential. */
		readonly checking: ExpectedResponse;
		/** Of the nginx that checks links itself; absent if it does not check this request. */
		readonly nginx?: ExpectedResponse;
	};
	/** The `X-Edge-Cache` of this edge's response. */
	readonly cache?: "hit";
}

export type ExpectedResponse = readonly [status: number, body: RegExp];

/** The files of the origin: path and size in bytes. */
export const FILES: Readonly<Record<string, number>> = {
	"/cache/files/data/k/Editor.bin/a.docx": FILE_BYTES,
	"/cache/files/data/k/media/image1.png/image1.png": FILE_BYTES,
	"/web-apps/app.js": FILE_BYTES,
	"/web-apps/large.bin": 100 * 1000 * 1000,
};

const GOOD_FILE: ExpectedResponse = [200, /^x{4096}$/];
const GOOD_CALL: ExpectedResponse = [200, /^{"error":0}$/];
const all = (response: ExpectedResponse) => ({ passing: response, checking: response });

const call = (bearer: string) => ({
	method: "POST" as const,
	target: "/command",
	headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
	body: '{"c":"info","key":"k"}',
});
const posted = (bytes: number) => ({
	method: "POST" as const,
	target: "/converter",
	headers: { "Content-Type": "application/json" },
	body: bodyWithToken(bytes),
});

export const SIGNED_LINK: Work = {
	name: "signed link GET",
	method: "GET",
	target: LINK,
	responses: { ...all(GOOD_FILE), nginx: GOOD_FILE },
};
export const HEADER_TOKEN: Work = { name: "header token POST", ...call(TOKEN), responses: all(GOOD_CALL) };
export const BODY_TOKEN: Work = {
	name: "body token POST, 1 KiB",
	...posted(KIB),
	responses: all(GOOD_CALL),
};
export const LONG_BODY_TOKEN: Work = {
	name: "body token POST, 64 KiB",
	...posted(64 * KIB),
	responses: all(GOOD_CALL),
};
export const REFUSED_LINK: Work = {
	name: "refused link",
	method: "GET",
	target: BAD_LINK,
	responses: { passing: GOOD_FILE, checking: [403, /./], nginx: [403, /./] },
};
export const REFUSED_TOKEN: Work = {
	name: "refused token",
	...call(BAD_TOKEN),
	responses: { passing: GOOD_CALL, checking: [200, /"error":6/] },
};
export const OPEN_ASSET: Work = {
	name: "open asset",
	method: "GET",
	target: "/web-apps/app.js",
	responses: all(GOOD_FILE),
};
export const UPLOAD: Work = {
	name: "session upload, 1 MiB",
	method: "POST",
	target: "/upload/k",
	headers: { Authorization: `Bearer ${SESSION_TOKEN}`, "Content-Type": "image/png" },
	body: "x".repeat(KIB * KIB),
	responses: all(GOOD_CALL),
};
/** For an edge whose file cache is on and holds the file. */
export const CACHE_HIT: Work = {
	name: "cached file, hit",
	cache: "hit",
	method: "GET",
	target: MEDIA_LINK,
	responses: all(GOOD_FILE),
};

export const WORKS: readonly Work[] = [
	SIGNED_LINK,
	HEADER_TOKEN,
	BODY_TOKEN,
	LONG_BODY_TOKEN,
	REFUSED_LINK,
	REFUSED_TOKEN,
	OPEN_ASSET,
	UPLOAD,
	CACHE_HIT,
];
