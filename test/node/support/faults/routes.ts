/**
 * Accepted requests of all kinds of routes, for origins and clients that fail: what the edge may do with each, and its
 * words when the origin fails.
 */
import jsonwebtoken from "jsonwebtoken";
import { createKey } from "../../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../../src/link/secure-link.ts";
import type { RawRequest } from "../raw-http.ts";
import { VECTOR_BINDINGS } from "../vectors.ts";

/** Error numbers: of the command service, and of conversion and builder. */
export interface Codes {
	readonly command: number;
	readonly convert: number;
}

export interface FaultRoute {
	readonly name: string;
	/** @param hostname the edge's, which the token of a download names */
	readonly request: (hostname: string) => RawRequest;
	/** The edge may send the request twice. */
	readonly isRepeatable: boolean;
	/** `held`: the edge reads the whole body before it asks the origin. */
	readonly body: "none" | "held" | "streamed";
	/** The edge reads the origin's whole response before it answers, so half a response is the origin's fault. */
	readonly holdsResponse: boolean;
	readonly contentType: string;
	/** The body of the edge's answer if the origin fails. */
	readonly words: (codes: Codes) => RegExp;
	/** Bindings of its host. */
	readonly bindings: Readonly<Record<string, string>>;
}

const JSON_TYPE = "application/json; charset=UTF-8";
const TEXT_TYPE = "text/plain; charset=utf-8";
const PAGE = { contentType: "text/html", words: () => /nginx/ };
const TEXT = { contentType: TEXT_TYPE, words: () => /\w/ };
const CONVERTED = {
	contentType: JSON_TYPE,
	words: ({ convert }: Codes) => new RegExp(`^{"error":${convert}}$`),
};
const TOLD_INTEGRATION = {
	contentType: JSON_TYPE,
	words: () => /^{"error":1,"message":"\w[\w -]+"}$/,
	bindings: { ROLE: "storage", CALLBACK_PATHS: "/track", DOWNLOAD_PATHS: "/file" },
};

const FILE_URI = "/cache/files/data/k/media/i.png/i.png";
const FILE_MD5 = signSecureLink(FILE_URI, "4102444800", createKey("k", VECTOR_BINDINGS.SECURE_LINK_SECRET));
export const LINK = `${FILE_URI}?md5=${FILE_MD5}&expires=4102444800`;

const bearer = (claims: object, secret: string) => ({
	Authorization: `Bearer ${jsonwebtoken.sign(claims, secret, { noTimestamp: true })}`,
});
const INBOX = bearer({ c: "version" }, VECTOR_BINDINGS.JWT_SECRET_INBOX);
export const SESSION = bearer(
	{ document: { key: "k" }, editorConfig: {} },
	VECTOR_BINDINGS.JWT_SECRET_SESSION,
);
const outbox = (payload: object) => bearer({ payload }, VECTOR_BINDINGS.JWT_SECRET_OUTBOX);

const UPGRADE = {
	Connection: "Upgrade, close",
	Upgrade: "websocket",
	"Sec-WebSocket-Version": "13",
	"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

export const get = (target: string, headers = {}): RawRequest => ({ method: "GET", target, headers });
/** An API call with a token of the inbox. */
export const call = (target: string, headers = {}): RawRequest => ({
	method: "POST",
	target,
	headers: { ...INBOX, ...headers },
	body: Buffer.from('{"key":"k1"}'),
});
const form = (target: string, headers = {}): RawRequest => ({
	method: "POST",
	target,
	headers,
	body: Buffer.from("some=form"),
});

const reads = { body: "none", holdsResponse: false, bindings: {} } as const;
const repeats = { ...reads, isRepeatable: true, ...PAGE };
const once = { ...reads, isRepeatable: false };
const holds = { ...once, body: "held" } as const;
const streams = { ...once, body: "streamed" } as const;

export const FAULT_ROUTES: readonly FaultRoute[] = [
	{ name: "an asset", request: () => get("/web-apps/x.js"), ...repeats },
	{
		name: "HEAD of an asset",
		request: () => ({ ...get("/web-apps/x.js"), method: "HEAD" }),
		...repeats,
		words: () => /^$/,
	},
	{ name: "a cached file", request: () => get(LINK), ...repeats },
	{
		name: "a command",
		request: () => call("/command"),
		...holds,
		contentType: "application/json",
		words: ({ command }) => new RegExp(`^{"key":"k1","error":${command}}$`),
	},
	{
		name: "a command by GET",
		request: () => get("/coauthoring/CommandService.ashx", INBOX),
		...once,
		contentType: "application/json",
		words: ({ command }) => new RegExp(`"error":${command}`),
	},
	{ name: "a conversion", request: () => call("/converter"), ...holds, ...CONVERTED },
	{
		name: "a conversion in XML",
		request: () => call("/converter", { Accept: "application/xml" }),
		...holds,
		contentType: "text/xml; charset=UTF-8",
		words: ({ convert }) => new RegExp(`<Error>${convert}</Error>`),
	},
	{ name: "a build", request: () => call("/docbuilder"), ...holds, ...CONVERTED },
	{ name: "a download", request: () => call("/downloadfile/k"), ...holds, ...TEXT },
	{ name: "a download by GET", request: () => get("/downloadfile/k", INBOX), ...once, ...TEXT },
	{ name: "an upload", request: () => form("/upload/k", SESSION), ...streams, ...TEXT },
	{
		name: "a poll of the editor",
		request: () => get("/doc/k/c/?EIO=4&transport=polling"),
		...once,
		holdsResponse: true,
		...TEXT,
	},
	{
		name: "the editor's WebSocket",
		request: () => get("/doc/k/c/?EIO=4&transport=websocket", UPGRADE),
		...once,
		...TEXT,
	},
	{ name: "a form on an open route", request: () => form("/any"), ...streams, ...PAGE },
	{
		name: "DELETE on an open route",
		request: () => ({ ...get("/any"), method: "DELETE" }),
		...once,
		...PAGE,
	},
	{
		name: "a callback",
		request: () => call("/track", outbox({ key: "k", status: 2 })),
		...holds,
		...TOLD_INTEGRATION,
	},
	{
		name: "a download from an integration",
		request: (hostname) => get("/file", outbox({ url: `http://${hostname}/file` })),
		...once,
		...TOLD_INTEGRATION,
	},
];
