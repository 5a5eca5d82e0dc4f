/**
 * `docs-edge explain` on WOPI requests: it names the pair that fitted, or the difference if none did. Each row is
 * signed for another request than the pasted one, by code that is not the edge's. Protects against a hint that sends
 * the operator to the wrong setting, and against a token in the output.
 */
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/cli/explain/explain.ts";
import { readPasted } from "../../../src/cli/paste/read-request.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { makeProofKey, prove } from "../support/wopi-signer.ts";

const NOW = 1_795_219_200_000;
const SECOND = 1000;
const [current, old, next, stranger] = Array.from({ length: 4 }, makeProofKey) as [
	ReturnType<typeof makeProofKey>,
	ReturnType<typeof makeProofKey>,
	ReturnType<typeof makeProofKey>,
	ReturnType<typeof makeProofKey>,
];
const BINDINGS = {
	ORIGIN: "http://inner.test:9980",
	ROLE: "storage",
	WOPI_PATHS: "/wopi/*",
	WOPI_PROOF_KEYS: JSON.stringify({ current: current.publicKey, old: old.publicKey }),
};
const host = readHost(BINDINGS, 0);
const TOKEN = "a canary";
const QUERY = "access_token=a%20canary";
const FILE = "https://wopi.test/wopi/files/1";
const URL_OF_FILE = `${FILE}?${QUERY}`;

type Headers = Readonly<Record<string, string>>;
const signed = (url = URL_OF_FILE, token = TOKEN, keys = [current, old], at = NOW): Headers =>
	prove({ url, token, at }, ...(keys as [typeof current]));
const curl = (headers: Headers, url = URL_OF_FILE) =>
	`curl '${url}' ${Object.entries(headers)
		.map(([name, value]) => `-H '${name}: ${value}'`)
		.join(" ")}`;
async function ask(text: string, on = host) {
	const explanation = await explain(readPasted(text), on, NOW);
	expect(JSON.stringify(explanation)).not.toMatch(/canary|[\w+/-]{100}/);
	return explanation;
}

describe("an accepted proof: the pair is named", () => {
	it.each([
		["proof/current", [current, old], /^X-WOPI-Proof and X-WOPI-ProofOld, made 0 s ago$/],
		[
			"proofOld/current",
			[next, current],
			/the server has rotated its keys, the edge has not.*import --discovery/,
		],
		["proof/old", [old, next], /the edge has newer keys/],
	])("%s", async (key, keys, says) => {
		const { steps, ...explanation } = await ask(curl(signed(undefined, undefined, keys)));
		expect(explanation).toMatchObject({ ok: true, key });
		expect(steps.find(({ name }) => name === "credential")?.text).toMatch(says);
	});
	it("in a captured HTTP/1.1 request", async () => {
		const lines = Object.entries(signed()).map(([name, value]) => `${name}: ${value}`);
		for (const eol of ["\n", "\r\n"]) {
			const text = [
				`POST /wopi/files/1?${QUERY} HTTP/1.1`,
				"Host: wopi.test",
				"Content-Length: 3",
				...lines,
				"",
				"abc",
			];
			expect(await ask(text.join(eol))).toMatchObject({ ok: true, key: "proof/current" });
		}
	});
	it("under a virtual path, which the proof covers", async () => {
		const boxed = readHost({ ...BINDINGS, FORWARDED_PREFIX: "/box" }, 0);
		const url = URL_OF_FILE.replace("/wopi/", "/box/wopi/");
		expect(await ask(curl(signed(url), url), boxed)).toMatchObject({ ok: true });
		expect((await ask(curl(signed(), url), boxed)).nearMiss).toMatch(/without the virtual path \/box/);
	});
	it("in a captured request over http, as X-Forwarded-Proto says", async () => {
		const url = URL_OF_FILE.replace("https", "http");
		const lines = Object.entries(signed(url)).map(([name, value]) => `${name}: ${value}`);
		const text = [
			`GET /wopi/files/1?${QUERY} HTTP/1.1`,
			"Host: wopi.test",
			"X-Forwarded-Proto: http",
			...lines,
		];
		expect(await ask(text.join("\n"))).toMatchObject({ ok: true });
	});
	it("a raw letter is encoded, as the platform does, so its proof does not fit", async () => {
		const url = "https://wopi.test/wopi/files/é?access_token=a%20canary";
		expect(await ask(curl(signed(url), url))).toMatchObject({ ok: false, reason: "wopi_proof_signature" });
	});
});

describe("a refused proof: the difference is named", () => {
	const inner = (host: string) => URL_OF_FILE.replace("wopi.test", host);
	// biome-ignore format: a table
	const ROWS: [string, string, string, RegExp][] = [
		["the scheme", curl(signed(URL_OF_FILE.replace("https", "http"))), "signature", /^it was signed for http:\/\/$/],
		["the host in X-Forwarded-Host", curl({ ...signed(inner("cloud.test")), "X-Forwarded-Host": "cloud.test" }), "signature", /host of X-Forwarded-Host/],
		["scheme and host", curl({ ...signed(inner("cloud.test").replace("https", "http")), "X-Forwarded-Host": "cloud.test" }), "signature", /^it was signed for http:\/\/; it was signed for the host of X-Forwarded-Host/],
		["the first host of several in X-Forwarded-Host", curl({ ...signed(inner("cloud.test")), "X-Forwarded-Host": "cloud.test, edge.test" }), "signature", /host of X-Forwarded-Host/],
		["the host in X-Forwarded-Host, with a port", curl({ ...signed(inner("cloud.test:8443")), "X-Forwarded-Host": "cloud.test" }), "signature", /X-Forwarded-Host.*with the port 8443/],
		["the host in Forwarded (RFC 7239)", curl({ ...signed(inner("cloud.test")), Forwarded: 'for=1;host="cloud.test";proto=https' }), "signature", /host of Forwarded/],
		["the origin's own host", curl(signed("http://inner.test:9980/wopi/files/1?access_token=a%20canary")), "signature", /origin's own host/],
		["the default port", curl(signed(inner("wopi.test:443"))), "signature", /with the port 443: write WOPISrc/],
		["no port", curl(signed(), inner("wopi.test:8443")), "signature", /without the port 8443/],
		["another port", curl({ ...signed(inner("wopi.test:9000")), "X-Forwarded-Port": "9000" }), "signature", /with the port 9000/],
		["a virtual path", curl({ ...signed(URL_OF_FILE.replace("/wopi/", "/box/wopi/")), "X-Forwarded-Prefix": "/box/" }), "signature", /with the virtual path \/box/],
		["a slash at the end of the path", curl(signed(), `${FILE}/?${QUERY}`), "signature", /without the slash/],
		["an added parameter", curl(signed(), `${URL_OF_FILE}&shardkey=1`), "signature", /only access_token was signed/],
		["the token's encoding", curl(signed(`${FILE}?access_token=a%2Fcanary`, "a/canary"), `${FILE}?access_token=a/canary`), "signature", /only access_token was signed.*written otherwise/],
		["a token that was not percent-encoded", curl(signed(`${FILE}?access_token=a/canary`, "a/canary"), `${FILE}?access_token=a%2Fcanary`), "signature", /without percent-encoding/],
		["a token encoded twice", curl(signed(`${FILE}?access_token=a%252Fcanary`, "a/canary"), `${FILE}?access_token=a%252Fcanary`), "signature", /encoded twice/],
		["a space as +", curl(signed(undefined, "a canary"), `${FILE}?access_token=a+canary`), "signature", /%20/],
		["a path decoded", curl(signed(`https://wopi.test/wopi/files/a b?${QUERY}`), `https://wopi.test/wopi/files/a%20b?${QUERY}`), "signature", /path was signed decoded/],
		["base64url", curl(Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name, value.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")]))), "signature", /base64url, or lack their padding/],
		["quotes", curl({ ...signed(), "X-WOPI-Proof": `"${signed()["X-WOPI-Proof"]}"` }), "signature", /in quotes/],
		["two rotations", curl(signed(undefined, undefined, [next, old])), "signature", /ProofOld fits the old key, a pair that is never accepted.*import --discovery/],
		["keys of an unknown server", curl(signed(undefined, undefined, [stranger, next])), "signature", /no key that is known here fits.*import --discovery/],
		["an old request", curl(signed(undefined, undefined, undefined, NOW - 1500 * SECOND)), "expired", /1500 s old, of 1200 s allowed.*otherwise the proof is good/],
		["a clock ahead", curl(signed(undefined, undefined, undefined, NOW + 400 * SECOND)), "expired", /400 s ahead, of 300 s.*clock is wrong/],
		["an old request of an unknown server", curl(signed(undefined, undefined, [stranger, stranger], NOW - 1500 * SECOND)), "expired", /1500 s old(?!.*good)/],
		["no proof", curl({}), "missing", /no Document Server.*WOPI_FILE_URL_PATHS/],
		["a server without keys", curl({ "X-WOPI-TimeStamp": "639308747244560000" }), "missing", /both wopi.privateKey and wopi.privateKeyOld/],
		["a time in seconds", curl({ ...signed(), "X-WOPI-TimeStamp": "1795219200" }), "malformed", /ticks/],
		["no token", curl(signed(FILE), FILE), "malformed", /no access_token.*not in a header/],
		["two tokens", curl(signed(), `${URL_OF_FILE}&Access_Token=x`), "malformed", /more than one access_token/],
		["another spelling of its name", curl(signed(), `${FILE}?Access_Token=x`), "malformed", /written exactly so/],
		["a bad escape", curl(signed(), `${FILE}?access_token=%zz`), "malformed", /percent-encoded UTF-8/],
	];
	it.each(ROWS)("%s", async (_, text, reason, hint) => {
		const { steps, ...explanation } = await ask(text);
		expect(explanation).toMatchObject({ ok: false, reason: `wopi_proof_${reason}`, status: 500 });
		expect(explanation.nearMiss).toMatch(hint);
		expect(steps.at(-1)).toEqual({ name: "hint", ok: false, text: explanation.nearMiss });
	});
	it("ends within seconds when nothing fits, with the largest number of servers", async () => {
		const keys = Array.from({ length: 8 }, () => ({ current: current.publicKey, old: old.publicKey }));
		const busy = readHost({ ...BINDINGS, WOPI_PROOF_KEYS: JSON.stringify(keys) }, 0);
		const started = performance.now();
		const headers = {
			...signed(undefined, undefined, [stranger, stranger]),
			"X-Forwarded-Host": "a.test, b.test",
		};
		expect((await ask(curl(headers), busy)).nearMiss).toMatch(/no key/);
		expect(performance.now() - started).toBeLessThan(20_000);
	});
});
