/**
 * Links of an operator's own integration. Protects against a link that opens more than was signed, against one that takes
 * the place of the server's own, and against a translation that the server would refuse or read otherwise.
 */
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey, createRing } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink, verifySecureLink } from "../../../src/link/secure-link.ts";
import { type Sha256Link, signSha256Link, verifySha256Link } from "../../../src/link/sha256-link.ts";
import { callEdge, BINDINGS as EDGE, SECRETS } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const SECRET = "a secret for own links";
const BINDINGS: Bindings = { ...EDGE, SECURE_LINK_SHA256: SECRET };
const LINK_KEY = createKey("link", SECRETS.SECURE_LINK_SECRET);
const NOW = Math.floor(Date.now() / 1000);
const EXPIRES = String(NOW + 600);
const PATH = "/cache/files/data/k1/output.docx/output.docx";
const HOST = "docs.example.com";

it.each([
	[
		{ host: HOST, uri: PATH, expires: "1795222800", network: "" },
		"7okZq5YeTLKTJW8Y_vwn-OvryzwFms6n_eb1lTFZqcM",
	],
	[
		{
			host: "docs.example.com:8443",
			uri: "/cache/files/data/k1/\xc3\xa9.docx/\xc3\xa9.docx",
			expires: "1795222800",
			network: "203.0.113.0/24",
		},
		"qbOtaOJw23sCWgO8rGK5dtPNSVyDQaytACCubwO9WT4",
	],
])("signs as node:crypto does over the five documented lines: %#", async (link, signature) => {
	expect(await signSha256Link(link, createKey("own", SECRET))).toBe(signature);
});

const signed = async (changes: Partial<Sha256Link> = {}, secret = SECRET) => {
	const link = { host: HOST, uri: PATH, expires: EXPIRES, network: "", ...changes };
	const sha256 = await signSha256Link(link, createKey("own", secret));
	const network = link.network === "" ? "" : `&network=${link.network}`;
	return `sha256=${sha256}&expires=${link.expires}${network}`;
};

interface Call {
	readonly query: string;
	readonly site?: string;
	readonly path?: string;
	readonly method?: string;
	readonly address?: string;
	readonly bindings?: Bindings;
}

async function open({
	query,
	site = `https://${HOST}`,
	path = PATH,
	method = "GET",
	address,
	bindings,
}: Call) {
	const headers = address === undefined ? {} : { "CF-Connecting-IP": address };
	const request = new Request(`${site}${path}?${query}`, { method, headers });
	const { response, forwarded, log } = await callEdge(request, { ...BINDINGS, ...bindings });
	const { verdict, reason, key } = JSON.parse(log.at(-1) ?? "{}");
	return { says: verdict === "accept" ? key : reason, response, forwarded: forwarded.map(({ url }) => url) };
}
const saysOf = async (call: Call) => (await open(call)).says;

const ACCEPTED = "SECURE_LINK_SHA256";
describe("the signature covers host, path, expiry, method and network", () => {
	it.each<[string, () => Promise<Call>, string]>([
		["a good link", async () => ({ query: await signed() }), ACCEPTED],
		["HEAD", async () => ({ query: await signed(), method: "HEAD" }), ACCEPTED],
		[
			"the host in capital letters",
			async () => ({ query: await signed(), site: "https://DOCS.example.com" }),
			ACCEPTED,
		],
		["another host", async () => ({ query: await signed(), site: "https://other.example" }), "link_mismatch"],
		["another port", async () => ({ query: await signed(), site: `https://${HOST}:8443` }), "link_mismatch"],
		[
			"another path",
			async () => ({ query: await signed(), path: PATH.replace("k1", "k2") }),
			"link_mismatch",
		],
		["another method", async () => ({ query: await signed(), method: "POST" }), "link_mismatch"],
		[
			"another expiry",
			async () => ({ query: (await signed()).replace(EXPIRES, String(NOW + 601)) }),
			"link_mismatch",
		],
		["another secret", async () => ({ query: await signed({}, "another secret") }), "link_mismatch"],
		["an expired link", async () => ({ query: await signed({ expires: String(NOW - 2) }) }), "link_expired"],
		[
			"a link that lasts too long",
			async () => ({ query: await signed(), bindings: { MAX_LINK_LIFETIME_SECONDS: "60" } }),
			"link_lifetime",
		],
		[
			"a client of the network",
			async () => ({ query: await signed({ network: "203.0.113.0/24" }), address: "203.0.113.9" }),
			ACCEPTED,
		],
		[
			"the network, percent-encoded",
			async () => ({
				query: (await signed({ network: "203.0.113.0/24" })).replace("0/24", "0%2F24"),
				address: "203.0.113.9",
			}),
			ACCEPTED,
		],
		[
			"a client of another network",
			async () => ({ query: await signed({ network: "203.0.113.0/24" }), address: "198.51.100.9" }),
			"link_network",
		],
		[
			"a client without an address",
			async () => ({ query: await signed({ network: "0.0.0.0/0" }) }),
			"link_network",
		],
		[
			"the network left out",
			async () => ({
				query: (await signed({ network: "203.0.113.0/24" })).replace(/&network=.*/, ""),
				address: "198.51.100.9",
			}),
			"link_mismatch",
		],
		[
			"another network",
			async () => ({
				query: (await signed({ network: "203.0.113.0/24" })).replace("203.0.113.0/24", "0.0.0.0/0"),
				address: "198.51.100.9",
			}),
			"link_mismatch",
		],
		[
			"a network that is none",
			async () => ({ query: await signed({ network: "everybody" }), address: "198.51.100.9" }),
			"link_malformed",
		],
		["no expiry", async () => ({ query: (await signed()).replace(/&expires=.*/, "") }), "link_unsigned"],
		["an expiry that is no number", async () => ({ query: `${await signed()}x` }), "link_malformed"],
		[
			"a signature that is too short",
			async () => ({ query: `sha256=x&expires=${EXPIRES}` }),
			"link_malformed",
		],
		[
			"a character before the signature",
			async () => ({ query: (await signed()).replace("sha256=", "sha256=A") }),
			"link_malformed",
		],
		[
			"a character after the signature",
			async () => ({ query: (await signed()).replace("&", "A&") }),
			"link_malformed",
		],
		["no signature", async () => ({ query: `expires=${EXPIRES}` }), "link_unsigned"],
		[
			"another secret, and an argument that comes twice",
			async () => ({ query: `${await signed({}, "another secret")}&filename=a&filename=b` }),
			"link_mismatch",
		],
		[
			"a signature with other spare bits",
			async () => ({ query: (await signed()).replace(/(sha256=[^&]*)[^&](&)/, "$1B$2") }),
			"link_malformed",
		],
		[
			"without the binding",
			async () => ({ query: await signed(), bindings: { SECURE_LINK_SHA256: undefined } }),
			"link_unsigned",
		],
	])("%s: %s", async (_, call, expected) => expect(await saysOf(await call())).toBe(expected));

	it("the key that matched is tried first for the next link", async () => {
		const keys = createRing([createKey("old", "another one"), createKey("new", SECRET)]);
		const link = { host: HOST, uri: PATH, expires: EXPIRES, network: "" };
		const signature = await signSha256Link(link, createKey("own", SECRET));
		await verifySha256Link(link, signature, keys, { method: "GET", address: "" }, NOW, 0);
		expect(keys.candidates(NOW).map(({ name }) => name)).toEqual(["new", "old"]);
	});

	it("every key of the ring signs, and the log names it", async () => {
		const SECURE_LINK_SHA256 = JSON.stringify({ old: "another one", new: SECRET });
		expect(await saysOf({ query: await signed(), bindings: { SECURE_LINK_SHA256 } })).toBe("new");
	});
});

describe("the server's own links", () => {
	const md5 = (expires = EXPIRES) => `md5=${signSecureLink(PATH, expires, LINK_KEY)}&expires=${expires}`;
	it("are accepted as before", async () => expect(await saysOf({ query: md5() })).toBe("SECURE_LINK_SECRET"));
	it("count alone where both are given: a good sha256 mends no bad md5", async () => {
		const bad = `md5=${"A".repeat(22)}&${await signed()}`;
		expect(await saysOf({ query: bad })).toBe("link_mismatch");
		expect(await saysOf({ query: `${md5()}&sha256=${"A".repeat(43)}` })).toBe("SECURE_LINK_SECRET");
	});
});

describe("on its way to the server a good link becomes a link of the server", () => {
	const forwardedOf = async (call: Call) =>
		(await open(call)).forwarded[0]?.replace("http://origin.test", "");
	const md5With = (secret: string) => signSecureLink(PATH, EXPIRES, createKey("origin", secret));

	it("without the arguments of the signature, and without any that the server does not write", async () => {
		const query = `md5=&filename=a.docx&x=1&${await signed()}&shardkey=k1&SHA256=x`;
		const md5 = md5With(SECRETS.SECURE_LINK_SECRET);
		expect(await forwardedOf({ query })).toBe(
			`${PATH}?md5=${md5}&expires=${EXPIRES}&filename=a.docx&shardkey=k1`,
		);
		const verdict = verifySecureLink({ uri: PATH, md5, expires: EXPIRES }, createRing([LINK_KEY]), NOW);
		expect(verdict.ok).toBe(true);
	});

	it("signed with the secret that the server holds", async () => {
		const bindings = {
			SECURE_LINK_SECRET: JSON.stringify({ old: "an old secret", new: "a new secret" }),
			ORIGIN_SECURE_LINK_SECRET: "an old secret",
		};
		expect(await forwardedOf({ query: await signed(), bindings })).toBe(
			`${PATH}?md5=${md5With("an old secret")}&expires=${EXPIRES}`,
		);
	});

	it.each(["/9.1.0-2", "/storage-cache"])("for the files that DocService serves: %s", async (prefix) => {
		const uri = prefix === "/9.1.0-2" ? PATH : `${prefix}${PATH.slice("/cache".length)}`;
		const path = prefix === "/9.1.0-2" ? `${prefix}${PATH}` : uri;
		const md5 = signSecureLink(uri, EXPIRES, LINK_KEY);
		const { says, forwarded } = await open({ query: await signed({ uri }), path });
		expect(says).toBe(ACCEPTED);
		expect(forwarded).toEqual([`http://origin.test${path}?md5=${md5}&expires=${EXPIRES}`]);
	});

	it("and a redirect that repeats the query shows the client its own: the MD5 stays behind the edge", async () => {
		const query = await signed();
		const request = new Request(`https://${HOST}${PATH}?${query}`);
		const { response } = await callEdge(request, BINDINGS, ({ url }) => {
			const { pathname, search } = new URL(url);
			return new Response(null, {
				status: 301,
				headers: { Location: `http://origin.test${pathname}/${search}` },
			});
		});
		expect(response.headers.get("Location")).toBe(`https://${HOST}${PATH}/?${query}`);
	});

	it.each(["filename=a&filename=b", "filename=a/b", "md5[]=x", "%65xpires=1"])(
		"an argument that readers take differently is refused: %s",
		async (argument) => {
			expect(await saysOf({ query: `${await signed()}&${argument}` })).toBe("link_malformed");
		},
	);

	it("a ring without ORIGIN_SECURE_LINK_SECRET is a problem: the edge cannot know which secret the server holds", () => {
		const SECURE_LINK_SECRET = JSON.stringify({ a: "one secret", b: "another secret" });
		const problemsOf = (bindings: Bindings) => readHost({ ...BINDINGS, ...bindings }, NOW_SECONDS).problems;
		expect(problemsOf({ SECURE_LINK_SECRET })).toEqual([
			{
				binding: "ORIGIN_SECURE_LINK_SECRET",
				problem: "is missing: SECURE_LINK_SHA256 needs it if SECURE_LINK_SECRET has several keys",
			},
		]);
		expect(problemsOf({ SECURE_LINK_SECRET, ORIGIN_SECURE_LINK_SECRET: "one secret" })).toEqual([]);
		expect(problemsOf({ SECURE_LINK_SECRET, SECURE_LINK_SHA256: undefined })).toEqual([]);
	});
});
