/**
 * The limits of every rule about WOPI proofs. Each table has the last request that passes beside the first that does
 * not. Protects against a rule that is too wide by one step. Every request is signed for its own URL, token and time,
 * unless the row changes one of them.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { decide } from "../../../src/decide.ts";
import {
	createServer,
	makeServer,
	messageOf,
	toBase64,
	toTicks,
	type WopiServer,
} from "../support/wopi-server.ts";

const NOW = 1_795_219_200_000;
const MINUTE = 60_000;
const FILE = "https://wopi.test/wopi/files/a";
const URL_OF_A = `${FILE}?access_token=tok`;

let current: WopiServer;
let old: WopiServer;
let next: WopiServer;
beforeAll(async () => {
	[current, old, next] = await Promise.all([makeServer(), createServer(), createServer()]);
});

const hostWith = (keys: unknown) =>
	readHost(
		{ ORIGIN: "http://origin.test", ROLE: "storage", WOPI_PATHS: "/wopi/*", WOPI_PROOF_KEYS: keys },
		NOW / 1000,
	);
const keysOf = (now: WopiServer, before?: WopiServer) => ({
	current: now.publicKey,
	...(before && { old: before.publicKey }),
});

interface Signed {
	readonly url?: string;
	/** The URL that was signed, if it is not the URL that is sent. */
	readonly signedUrl?: string;
	readonly token?: string;
	readonly ticks?: bigint;
	readonly by?: WopiServer;
	readonly before?: WopiServer;
	readonly headers?: Readonly<Record<string, string>>;
	readonly method?: string;
}

async function requestOf(signed: Signed): Promise<Request> {
	const { url = URL_OF_A, signedUrl = url, token = "tok", ticks = toTicks(NOW) } = signed;
	const { by = current, before = old, headers = {}, method = "GET" } = signed;
	const message = messageOf(token, signedUrl, ticks);
	return new Request(url, {
		method,
		headers: {
			"X-WOPI-Proof": await by.sign(message),
			"X-WOPI-ProofOld": await before.sign(message),
			"X-WOPI-TimeStamp": String(ticks),
			...headers,
		},
	});
}

/** @returns the pair that fitted, or the reason of the refusal */
async function judge(signed: Signed, keys: unknown = keysOf(current, old), now = NOW): Promise<unknown> {
	const host = hostWith(keys);
	expect(host.problems).toEqual([]);
	const decision = await decide(await requestOf(signed), host, now);
	return decision.ok ? decision.keyName : decision.reason;
}

describe("the time stamp", () => {
	const at = (unixMs: number, ticks = 0n) => ({ ticks: toTicks(unixMs) + ticks });
	it.each([
		["now", at(NOW), "proof/current"],
		["20 minutes old", at(NOW - 20 * MINUTE), "proof/current"],
		["20 minutes and 100 ns old", at(NOW - 20 * MINUTE, -1n), "wopi_proof_expired"],
		["5 minutes ahead", at(NOW + 5 * MINUTE), "proof/current"],
		["5 minutes and 100 ns ahead", at(NOW + 5 * MINUTE, 1n), "wopi_proof_expired"],
		["of 18 nines", { ticks: 999_999_999_999_999_999n }, "wopi_proof_expired"],
		["of 19 nines", { ticks: 9_999_999_999_999_999_999n }, "wopi_proof_expired"],
		["of 17 digits", { ticks: 99_999_999_999_999_999n }, "wopi_proof_malformed"],
		["of 20 digits", { ticks: 18_446_744_073_709_551_615n }, "wopi_proof_malformed"],
	])("%s", async (_, signed, outcome) => expect(await judge(signed)).toBe(outcome));
	it.each(["", "0", "-1", "x", "6.393e17", `0${toTicks(NOW)}`, `${toTicks(NOW)}, ${toTicks(NOW)}`])(
		"is not a number of 18 or 19 digits: %s",
		async (text) => {
			expect(await judge({ headers: { "X-WOPI-TimeStamp": text } })).toBe("wopi_proof_malformed");
		},
	);
	it("is compared to the last tick, which a Number cannot hold", async () => {
		const sent = toTicks(NOW) + 1n;
		expect(await judge({ headers: { "X-WOPI-TimeStamp": String(sent) } })).toBe("wopi_proof_signature");
		expect(Number(sent)).toBe(Number(toTicks(NOW)));
	});
	it("is compared with the time of the request, not of the host's configuration", async () => {
		expect(await judge({}, undefined, NOW + 20 * MINUTE + 1)).toBe("wopi_proof_expired");
	});
});

describe("the access token", () => {
	const query = (text: string, token = "tok") => ({ url: `${FILE}?${text}`, token });
	it.each([
		["empty", query("access_token=", ""), "proof/current"],
		["beside others", query("x=1&access_token=tok&y"), "proof/current"],
		["a plus stays a plus", query("access_token=a+b", "a+b"), "proof/current"],
		["a plus is no space", query("access_token=a+b", "a b"), "wopi_proof_signature"],
		["with an equals sign", query("access_token=a=b", "a=b"), "proof/current"],
		["decoded once", query("access_token=a%252Fb", "a%2Fb"), "proof/current"],
		["decoded twice", query("access_token=a%252Fb", "a/b"), "wopi_proof_signature"],
		["with letters outside ASCII", query("access_token=%C3%9F", "ß"), "proof/current"],
		["no query", { url: FILE, token: "" }, "wopi_proof_malformed"],
		["an empty query", { url: `${FILE}?`, token: "" }, "wopi_proof_malformed"],
		["another parameter only", query("token=tok"), "wopi_proof_malformed"],
		["without =", query("access_token", ""), "wopi_proof_malformed"],
		["twice", query("access_token=tok&access_token=tok"), "wopi_proof_malformed"],
		["twice, the second without =", query("access_token=tok&access_token"), "wopi_proof_malformed"],
		["twice, in another case", query("access_token=tok&ACCESS_TOKEN=x"), "wopi_proof_malformed"],
		["twice, encoded", query("access_token=tok&access%5Ftoken=x"), "wopi_proof_malformed"],
		["twice, both encoded", query("access%5ftoken=tok&acces%73_token=x"), "wopi_proof_malformed"],
		["with its name in another case", query("Access_Token=tok"), "wopi_proof_malformed"],
		["with an encoded name", query("access%5Ftoken=tok"), "wopi_proof_malformed"],
		["a bad escape", query("access_token=tok%"), "wopi_proof_malformed"],
		["bytes that are no UTF-8", query("access_token=%ff"), "wopi_proof_malformed"],
		["an overlong slash", query("access_token=%c0%af", "/"), "wopi_proof_malformed"],
		["a surrogate", query("access_token=%ed%a0%80"), "wopi_proof_malformed"],
		["beside a name that does not decode", query("access_token=tok&%zz=1"), "wopi_proof_malformed"],
		["beside a name that contains its name", query("access_token=tok&x_access_token=y"), "proof/current"],
		["beside its name with a space", query("access_token=tok&%20access_token=y"), "proof/current"],
	])("%s", async (_, signed, outcome) => expect(await judge(signed)).toBe(outcome));
});

describe("the URL", () => {
	it.each([
		[
			"with another order of parameters",
			`${FILE}?y=2&access_token=tok&x=1`,
			`${FILE}?access_token=tok&x=1&y=2`,
		],
		["without an empty parameter", `${FILE}?&access_token=tok`, `${FILE}?access_token=tok`],
		["with another port", URL_OF_A.replace(".test", ".test:8443"), URL_OF_A],
		["with the default port", URL_OF_A, URL_OF_A.replace(".test", ".test:443")],
		["of another host", URL_OF_A.replace("wopi.test", "evil.test"), URL_OF_A],
		["by another scheme", URL_OF_A.replace("https", "http"), URL_OF_A],
		["of another path", URL_OF_A.replace("/a?", "/b?"), URL_OF_A],
	])("%s", async (_, url, signedUrl) => {
		expect(await judge({ url, signedUrl })).toBe("wopi_proof_signature");
		expect(await judge({ url })).toBe("proof/current");
	});
	it("a proof does not cover letter case", async () => {
		expect(await judge({ url: URL_OF_A, signedUrl: URL_OF_A.replace("/a?", "/A?") })).toBe("proof/current");
	});
	it.each([
		["' in the token is signed as it is", "access_token=a%27b%27", "access_token=a'b'", "proof/current"],
		["%27 in the token is signed as it is", "access_token=a%27b", "access_token=a%27b", "proof/current"],
		[
			"one %27 of two is not signed as it is",
			"access_token=a%27b%27",
			"access_token=a%27b'",
			"wopi_proof_signature",
		],
		['%22 in the token is not signed as "', "access_token=a%22b", 'access_token=a"b', "wopi_proof_signature"],
	])("%s", async (_, query, signedQuery, outcome) => {
		const token = decodeURIComponent(query.slice("access_token=".length));
		expect(await judge({ url: `${FILE}?${query}`, signedUrl: `${FILE}?${signedQuery}`, token })).toBe(
			outcome,
		);
	});
	it("%27 in the path is signed as it is", async () => {
		const url = `${FILE}%27?access_token=%27`;
		expect(await judge({ url, signedUrl: `${FILE}'?access_token='`, token: "'" })).toBe(
			"wopi_proof_signature",
		);
		expect(await judge({ url, signedUrl: `${FILE}%27?access_token='`, token: "'" })).toBe("proof/current");
	});
	it("a proof covers the virtual path", async () => {
		const url = "https://wopi.test/box/wopi/files/a?access_token=tok";
		const host = readHost(
			{
				ORIGIN: "http://origin.test",
				ROLE: "storage",
				WOPI_PATHS: "/wopi/*",
				WOPI_PROOF_KEYS: keysOf(current),
				FORWARDED_PREFIX: "/box",
			},
			0,
		);
		expect(await decide(await requestOf({ url }), host, NOW)).toMatchObject({
			ok: true,
			route: { id: "wopi-call" },
		});
		const inner = await requestOf({ url, signedUrl: URL_OF_A });
		expect(await decide(inner, host, NOW)).toMatchObject({ ok: false, reason: "wopi_proof_signature" });
	});
});

describe("the pairs", () => {
	it.each([
		["neither rotated", () => ({}), "proof/current"],
		["the server rotated first", () => ({ by: next, before: current }), "proofOld/current"],
		["the edge rotated first", () => ({ by: old, before: next }), "proof/old"],
		[
			"two rotations apart: ProofOld with the old key",
			() => ({ by: next, before: old }),
			"wopi_proof_signature",
		],
		["an unknown key", () => ({ by: next, before: next }), "wopi_proof_signature"],
	])("%s", async (_, signed, outcome) => expect(await judge(signed())).toBe(outcome));
	it("one key is enough, at the edge and at the server", async () => {
		expect(await judge({ headers: { "X-WOPI-ProofOld": "" } }, keysOf(current))).toBe("proof/current");
		expect(await judge({ headers: { "X-WOPI-Proof": "" }, before: current }, keysOf(current))).toBe(
			"proofOld/current",
		);
	});
	it("an empty proof is a missing one", async () => {
		const headers = { "X-WOPI-Proof": "", "X-WOPI-ProofOld": "" };
		expect(await judge({ headers })).toBe("wopi_proof_missing");
	});
	it("keys of several servers do not mix", async () => {
		const list = [keysOf(next, old), keysOf(current)];
		expect(await judge({}, list)).toBe("2/proof/current");
		expect(await judge({ by: old, before: current }, list)).toBe("2/proofOld/current");
		const apart = [
			{ name: "a", ...keysOf(next) },
			{ name: "b", ...keysOf(old, current) },
		];
		expect(await judge({ by: current, before: next }, apart)).toBe("a/proofOld/current");
	});
});

describe("base64", () => {
	const change = async (how: (text: string) => string) => {
		const { headers } = await requestOf({});
		const text = headers.get("X-WOPI-Proof") ?? "";
		return judge({ headers: { "X-WOPI-Proof": how(text), "X-WOPI-ProofOld": "" } });
	};
	it("unchanged", async () => expect(await change((text) => text)).toBe("proof/current"));
	// 256 bytes end in `==`: the last two characters carry twelve bits, of which four are spare.
	const bump = (text: string) => {
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
		const last = alphabet.indexOf(text.at(-3) ?? "");
		return `${text.slice(0, -3)}${alphabet[last + 1]}==`;
	};
	it.each([
		["without padding", (text: string) => text.replace(/=+$/, "")],
		["with too much padding", (text: string) => `${text}=`],
		["with spare bits set", bump],
		["with a space inside", (text: string) => `${text.slice(0, 9)} ${text.slice(9)}`],
		["twice", (text: string) => `${text}, ${text}`],
		["with text after it", (text: string) => `${text}AAAA`],
		["in quotes", (text: string) => `"${text}"`],
		["with a zero byte before it", (text: string) => `AAAA${text}`],
	])("%s", async (_, how) => expect(await change(how)).toBe("wopi_proof_signature"));
});

it("a proof does not cover the method, and every method requires one", async () => {
	for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"]) {
		expect(await judge({ method })).toBe("proof/current");
		const bare = await decide(new Request(URL_OF_A, { method }), hostWith(keysOf(current)), NOW);
		expect(bare).toMatchObject({ ok: false, reason: "wopi_proof_missing", route: { id: "wopi-call" } });
	}
});

it("a stranger costs at most 48 verifications: eight servers, three pairs, two spellings", async () => {
	const keys = Array.from({ length: 8 }, () => keysOf(current, old));
	const host = hostWith(keys);
	const request = await requestOf({ url: `${FILE}?access_token=%27`, by: next, before: next });
	const { verify } = crypto.subtle;
	let count = 0;
	crypto.subtle.verify = (...args: Parameters<typeof verify>) => {
		count++;
		return verify.apply(crypto.subtle, args);
	};
	try {
		expect(await decide(request, host, NOW)).toMatchObject({ ok: false, reason: "wopi_proof_signature" });
	} finally {
		crypto.subtle.verify = verify;
	}
	expect(count).toBe(48);
});

it("the platform imports a key of every length that the configuration accepts", async () => {
	// The moduli have 2048, 2049 and 4096 bits, all of them ones.
	for (const [first, length] of [
		[0xff, 256],
		[0x01, 257],
		[0xff, 512],
	] as const) {
		const number = new Uint8Array(length).fill(0xff, 1).fill(first, 0, 1);
		const host = hostWith({ current: { modulus: toBase64(number), exponent: "AQAB" } });
		expect(host.problems).toEqual([]);
		const proof = { "X-WOPI-Proof": toBase64(new Uint8Array(length).fill(1)) };
		const decision = await decide(await requestOf({ headers: proof }), host, NOW);
		expect(decision).toMatchObject({ ok: false, reason: "wopi_proof_signature" });
	}
});
