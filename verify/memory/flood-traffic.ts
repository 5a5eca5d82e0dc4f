/**
 * Requests of strangers that the edge refuses. Each has another address, another credential and another hostname or path,
 * so that whatever the edge remembers of a stranger would add up.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { signLink } from "../../test/node/support/cached-files.ts";
import type { Asked } from "../http-client.ts";
import { bearer, forgeToken } from "./secrets.ts";
import { askSite, expectStatus, FILES_HOST, type Site, SOCKETS_HOST, type Traffic } from "./traffic.ts";

const KIB = 1024;
const LIMITED = 429;
const file = (n: number) => `/cache/files/data/k${n}/media/image1.png/image1.png`;
const claims = (n: number) => ({ c: "info", key: `k${n}` });
/** A text that differs in every request. */
const stranger = (n: number) => createHash("md5").update(String(n)).digest("base64url");
const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
const post = (path: string, body: string | Buffer, headers = {}) => ({ method: "POST", path, body, headers });
const jsonWithToken = (n: number) =>
	JSON.stringify({ token: forgeToken(claims(n)), padding: "x".repeat((n % 16) * KIB) });

interface Flood {
	readonly name: string;
	readonly status: number;
	readonly request: (n: number) => Asked;
}

const FLOODS: readonly Flood[] = [
	{
		name: "links with a wrong signature",
		status: 403,
		request: (n) => ({ path: `${file(n)}?md5=${stranger(n)}&expires=4102444800` }),
	},
	{
		name: "expired links",
		status: 410,
		request: (n) => ({ path: signLink(file(n), 1_600_000_000 + (n % 1e6)) }),
	},
	{
		name: "tokens with a wrong signature",
		status: 200,
		request: (n) => post("/command", "{}", bearer(forgeToken(claims(n), { keyid: stranger(n) }))),
	},
	{ name: "bodies with a bad token", status: 200, request: (n) => post("/converter", jsonWithToken(n)) },
	{
		name: "compressed bodies with a bad token",
		status: 200,
		request: (n) => post("/command", gzipSync(jsonWithToken(n)), { "Content-Encoding": "gzip" }),
	},
	{
		name: "uploads without a token",
		status: 403,
		request: (n) => post(`/upload/k${n}`, "x".repeat((n % 64) * KIB)),
	},
	{ name: "unknown hosts", status: 421, request: (n) => ({ host: `${stranger(n)}.test`, path: "/" }) },
	{ name: "closed paths", status: 403, request: (n) => ({ path: `/internal/${stranger(n)}` }) },
	{
		name: "sockets of another protocol",
		status: 400,
		request: (n) => ({ host: SOCKETS_HOST, path: `/doc/k${n}/c/?EIO=3&transport=polling` }),
	},
	{
		name: "polling bodies with too many tokens",
		status: 400,
		request: (n) => ({
			...post(
				`/doc/k${n}/c/?EIO=4&transport=polling&sid=${stranger(n)}`,
				Array(20)
					.fill(`40{"token":"${forgeToken(claims(n))}"}`)
					.join("\x1e"),
			),
			host: SOCKETS_HOST,
		}),
	},
];

/** Each n needs its own range, so that no two floods share an address. */
export const FLOOD_TRAFFIC: readonly Traffic[] = FLOODS.map(({ name, status, request }, at) => ({
	name,
	clients: 1,
	once: async (site, n) => {
		const { host = FILES_HOST, headers, ...asked } = request(n);
		const address = { "CF-Connecting-IP": addressOf(n * FLOODS.length + at) };
		const answered = await askSite(site, { ...asked, host, headers: { ...headers, ...address } });
		return expectStatus(answered, status, LIMITED);
	},
}));

/**
 * Two strangers before the soak: one calls an unknown host, the other exceeds its rate limit. The edge remembers both,
 * up to a limit.
 */
export async function callAsStrangers(site: Site, n: number): Promise<string | undefined> {
	const host = `${stranger(n)}.example`;
	const unknown = await askSite(site, { host, path: "/" });
	const headers = { "CF-Connecting-IP": `11.${(n >> 14) & 255}.${(n >> 7) & 127}.${((n & 127) << 1) | 1}` };
	const path = `${file(n)}?md5=${stranger(n)}&expires=4102444800`;
	const limited = await askSite(site, { host: FILES_HOST, path, headers });
	return expectStatus(unknown, 421) ?? expectStatus(limited, LIMITED);
}
