/**
 * The works: the requests that each Worker answers end to end, and the ratio to the platform's limit that this edge has
 * to reach.
 */
import { createHash } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";

export const SECRETS = {
	JWT_SECRET: "the token secret of this benchmark",
	SECURE_LINK_SECRET: "its link secret",
};
/** 2100-01-01 */
const EXPIRES = 4_102_444_800;
const FILE_BYTES = 4096;
const KIB = 1024;

/** `before` is this edge at another commit. */
export type Contender = "limit" | "straightforward" | "ours" | "nginx" | "before";

export interface Work {
	readonly name: string;
	readonly method: "GET" | "POST";
	readonly target: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** The right response of each contender, checked once before it is measured. */
	readonly responses: Readonly<
		Partial<Record<Exclude<Contender, "before">, readonly [status: number, body: RegExp]>>
	>;
	/** The `X-Edge-Cache` of this edge's response. */
	readonly cache?: "hit";
	/** The least ratio of the limit's CPU time per request to this edge's. */
	readonly atLeast?: number;
}

export function signLink(path: string): string {
	const md5 = createHash("md5").update(`${EXPIRES}${path}${SECRETS.SECURE_LINK_SECRET}`).digest("base64url");
	return `${path}?md5=${md5}&expires=${EXPIRES}&filename=a.docx`;
}
export const signToken = (claims: object, secret = SECRETS.JWT_SECRET, options = {}) =>
	jsonwebtoken.sign(claims, secret, { expiresIn: "10h", ...options });

/** A body of about this size whose token is in it. */
export function bodyWithToken(bytes: number): string {
	const bodyOf = (padding: number) =>
		JSON.stringify({
			token: signToken({
				filetype: "docx",
				outputtype: "pdf",
				key: "k",
				url: "https://x.test/a.docx",
				title: "x".repeat(padding),
			}),
		});
	const spare = bytes - bodyOf(0).length;
	return bodyOf(Math.max(0, Math.floor((spare * 3) / 4)));
}

/** The files of the origin: path and size in bytes. */
export const FILES: Readonly<Record<string, number>> = {
	"/cache/files/data/k/Editor.bin/a.docx": FILE_BYTES,
	"/cache/files/data/k/media/image1.png/image1.png": FILE_BYTES,
	"/web-apps/app.js": FILE_BYTES,
	"/web-apps/large.bin": 100 * 1000 * 1000,
};

const token = signToken({ c: "info", key: "k" });
const session = signToken({ document: { key: "k" }, editorConfig: { user: { id: "u" } } });
const command = '{"c":"info","key":"k"}';
const GOOD_FILE = [200, /^x{4096}$/] as const;
const GOOD_CALL = [200, /^{"error":0}$/] as const;
const all = <T>(response: T) => ({ limit: response, straightforward: response, ours: response });

export const LINK = signLink("/cache/files/data/k/Editor.bin/a.docx");
export const BAD_LINK = LINK.replace(/md5=.{6}/, "md5=AAAAAA");
export const MEDIA_LINK = signLink("/cache/files/data/k/media/image1.png/image1.png");
export const TOKEN = token;
export const BAD_TOKEN = signToken({ c: "info", key: "k" }, "another secret");

const call = (bearer: string) => ({
	method: "POST" as const,
	target: "/command",
	headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
	body: command,
});
const posted = (bytes: number) => ({
	method: "POST" as const,
	target: "/converter",
	headers: { "Content-Type": "application/json" },
	body: bodyWithToken(bytes),
});

export const WORKS: readonly Work[] = [
	{
		name: "signed link GET",
		method: "GET",
		target: LINK,
		responses: { ...all(GOOD_FILE), nginx: GOOD_FILE },
		atLeast: 0.88,
	},
	{ name: "header token POST", ...call(token), responses: all(GOOD_CALL), atLeast: 0.85 },
	{ name: "body token POST, 1 KiB", ...posted(KIB), responses: all(GOOD_CALL), atLeast: 0.75 },
	{ name: "body token POST, 64 KiB", ...posted(64 * KIB), responses: all(GOOD_CALL) },
	{
		name: "refused link",
		method: "GET",
		target: BAD_LINK,
		responses: { limit: GOOD_FILE, straightforward: [403, /./], ours: [403, /./], nginx: [403, /./] },
		atLeast: 1.1,
	},
	{
		name: "refused token",
		...call(BAD_TOKEN),
		responses: { limit: GOOD_CALL, straightforward: [200, /"error":6/], ours: [200, /"error":6/] },
		atLeast: 1.1,
	},
	{ name: "open asset", method: "GET", target: "/web-apps/app.js", responses: all(GOOD_FILE), atLeast: 0.93 },
	{
		name: "session upload, 1 MiB",
		method: "POST",
		target: "/upload/k",
		headers: { Authorization: `Bearer ${session}`, "Content-Type": "image/png" },
		body: "x".repeat(KIB * KIB),
		responses: all(GOOD_CALL),
		atLeast: 0.93,
	},
];

/** For an edge whose file cache is on and holds the file. */
export const CACHE_HIT: Work = {
	name: "cached file, hit",
	cache: "hit",
	method: "GET",
	target: MEDIA_LINK,
	responses: all(GOOD_FILE),
};
