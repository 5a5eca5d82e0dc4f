/**
 * The costliest requests that a stranger can send, and the most that each may cost. No request has a credential that a
 * server accepts.
 */
import { deflateSync, gzipSync } from "node:zlib";
import type { RawRequest } from "../../test/node/support/raw-http.ts";
import { BAD_TOKEN } from "../credentials.ts";

const MIB = 1024 * 1024;

export interface HostileRequest {
	readonly name: string;
	readonly request: RawRequest;
	readonly bindings?: Readonly<Record<string, string>>;
	/** Limits: CPU milliseconds of one request, and MiB of ten at once. */
	readonly atMostMs?: number;
	readonly atMostMib?: number;
}

const POLL = "/doc/d/c/?EIO=4&transport=polling&sid=s";
const post = (target: string, body: Buffer | string, headers: Record<string, string> = {}): RawRequest => ({
	method: "POST",
	target,
	headers,
	body: Buffer.from(body),
});
const gzip = { "Content-Encoding": "gzip" };
const ring = JSON.stringify(
	Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key-${n}`, `the secret of key ${n}, long`])),
);
const longToken = (bytes: number) => `${BAD_TOKEN.split(".")[0]}.${"A".repeat(bytes)}.${"A".repeat(43)}`;
const objects = (bytes: number) => `[${"{},".repeat(bytes / 3)}{}]`;

export const HOSTILE: readonly HostileRequest[] = [
	{
		name: "an ordinary refused token",
		request: post("/command", "{}", { Authorization: `Bearer ${BAD_TOKEN}` }),
	},
	{
		name: "8 KB of gzip, 8 MiB of [{},{},…]",
		request: post("/command", gzipSync(objects(8 * MIB)), gzip),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of [{},{},…]",
		request: post("/command", objects(MIB - 8)),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of [[[…]]]",
		request: post("/converter", "[".repeat(MIB / 2) + "]".repeat(MIB / 2)),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of names",
		request: post("/docbuilder", `{${'"token":0,'.repeat(MIB / 10 - 1)}"a":0}`),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of empty gzip members",
		request: post("/command", Buffer.concat(Array(Math.floor(MIB / 20)).fill(gzipSync(""))), gzip),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "deflate of 1 MiB of spaces",
		request: post("/command", deflateSync(" ".repeat(MIB - 8)), { "Content-Encoding": "deflate" }),
		atMostMs: 20,
	},
	{
		name: "a token of 7.5 MB, 50 keys",
		request: post("/command", JSON.stringify({ token: longToken(7.5 * 1000 * 1000) })),
		bindings: { JWT_SECRET: ring, MAX_BODY_BYTES: String(8 * MIB) },
		atMostMs: 20,
	},
	{
		name: "a token of 256 KB, 50 keys",
		request: post("/command", JSON.stringify({ token: longToken(250 * 1024) })),
		bindings: { JWT_SECRET: ring },
		atMostMs: 20,
	},
	{
		name: 'polling, 8 MiB of 40"␞',
		request: post(POLL, '40"\x1e'.repeat(2 * MIB - 2)),
		atMostMs: 100,
		atMostMib: 200,
	},
	{
		name: "polling, 8 MiB of separators",
		request: post(POLL, "\x1e".repeat(8 * MIB - 8)),
		atMostMs: 100,
	},
	{
		name: "polling, one packet of 8 MiB",
		request: post(POLL, `42["message",{"type":"auth","x":${objects(8 * MIB - 100)}}]`),
		atMostMs: 100,
	},
	{
		name: "polling, 16 tokens of 250 KB, 50 keys",
		request: post(
			POLL,
			Array(16)
				.fill(`40{"token":"${longToken(250 * 1024)}"}`)
				.join("\x1e"),
		),
		bindings: { JWT_SECRET: ring },
		atMostMs: 200,
	},
	{
		name: "Accept of 60 KB with an open quote",
		request: post("/converter", "{}", { Accept: `a/b;x="${",".repeat(60_000)}` }),
		atMostMs: 20,
	},
	{
		name: "a path of 2,600 layers of encoding",
		request: { method: "GET", target: `/%${"25".repeat(3900)}41` },
		atMostMs: 20,
	},
];

/** The first of the list: the others are compared with it. */
export const ORDINARY: RawRequest = HOSTILE[0]?.request as RawRequest;
