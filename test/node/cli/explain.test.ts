/**
 * `docs-edge explain`: its verdict is the Worker's on every measured case, and it names each near miss. Protects
 * against a tool that contradicts the edge, and against a secret or a token in its output.
 */
import { createHash, createHmac } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/cli/explain/explain.ts";
import { readPasted } from "../../../src/cli/paste/read-request.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { LINK_SECRET, linkVectors, requestVectors, VECTOR_BINDINGS } from "../support/vectors.ts";

const NOW = 1_795_219_200;
const LINK = "a link secret of the server";
const INBOX = "an inbox secret of the server";
const BINDINGS = {
	ORIGIN: "http://origin.test",
	SECURE_LINK_SECRET: JSON.stringify({
		now: LINK,
		before: { secret: "the link secret before", notAfter: "2026-01-31" },
	}),
	JWT_SECRET_INBOX: JSON.stringify({
		now: INBOX,
		before: { secret: "the inbox secret before", notAfter: "2026-01-31" },
	}),
	JWT_SECRET_OUTBOX: "an outbox secret of the server",
	JWT_SECRET_SESSION: "a session secret of the server",
};
const host = readHost(BINDINGS, NOW);
const ask = (text: string) => explain(readPasted(text), host, NOW * 1000);

const PATH = "/cache/files/data/doc_1/output.docx/My%20File_(1).docx";
const DECODED = "/cache/files/data/doc_1/output.docx/My File_(1).docx";
const EXPIRES = String(NOW + 3600);
const md5 = (uri: string, expires = EXPIRES, secret = LINK) =>
	signSecureLink(uri, expires, createKey("k", secret));
const link = (signature: string, expires = EXPIRES, path = PATH) =>
	`https://docs.test${path}?md5=${signature}&expires=${expires}&filename=a.docx`;
const standard = createHash("md5").update(`${EXPIRES}${DECODED}${LINK}`).digest("base64");
const hex = createHash("md5").update(`${EXPIRES}${DECODED}${LINK}`).digest("hex");

describe("in front of an integration", () => {
	const integration = readHost(
		{ ...BINDINGS, ROLE: "storage", CALLBACK_PATHS: "/track", DOWNLOAD_PATHS: "/files/*" },
		NOW,
	);
	const url = "https://files.test/files/a.docx";
	const header = (claims: object, secret = BINDINGS.JWT_SECRET_OUTBOX) =>
		`-H 'Authorization: Bearer ${jsonwebtoken.sign({ payload: claims }, secret)}'`;
	it.each([
		[`curl ${url} ${header({ url })}`, true, /download: a token: header \(outbox secret\)/],
		[`curl "${url}?x" ${header({ url })}`, false, /refused: token_url/],
		[`curl ${url} ${header({ url }, INBOX)}`, false, /inbox/i],
		[
			"curl https://files.test/track -d '{}'",
			false,
			/callback: a token: body \(outbox secret\), then header/,
		],
		["curl https://files.test/command -d '{}'", true, /open/],
	])("%s", async (text, ok, says) => {
		const { steps, ...explanation } = await explain(readPasted(text), integration, NOW * 1000);
		expect(explanation.ok).toBe(ok);
		expect(steps.map((step) => step.text).join("\n")).toMatch(says);
	});
});

describe("links: the near miss is named", () => {
	it.each([
		[link(md5(PATH)), /percent-encoded: sign it decoded/],
		[link(md5(DECODED.replaceAll("_", "%5f"))), /_ as %5f/],
		[link(md5(DECODED.replaceAll("_", "%5F"))), /_ as %5F/],
		[link(md5(DECODED.toLowerCase())), /in lower case/],
		[link(md5(`/ds-vpath${DECODED}`)), /with the virtual path/],
		[link(md5(`/9.0.0-1${DECODED}`)), /with a version prefix/],
		[link(md5(`/9.0.0-1${DECODED}`), EXPIRES, `/9.0.0-1${PATH}`), /with the version prefix/],
		[link(md5(DECODED.replace("/cache", ""))), /without \/cache/],
		[link(md5(DECODED.slice(1))), /without its first slash/],
		[link(md5(`${PATH}?expires=${EXPIRES}&filename=a.docx`)), /query was signed too/],
		[link(md5(`https://docs.test${DECODED}`)), /whole URL was signed/],
		[link(md5(DECODED.replace(/\/[^/]*$/, ""))), /without the file's name/],
		[link(md5(DECODED, EXPIRES), `${EXPIRES}000`), /in milliseconds, and was signed in seconds/],
		[link(md5(DECODED, `${EXPIRES}000`)), /signed in milliseconds/],
		[link(md5(DECODED, EXPIRES), `0${EXPIRES}`), /without its leading zeros/],
		[link(md5(DECODED, "")), /expires was not signed/],
		[link(md5(DECODED, EXPIRES, "the link secret before")), /the key before, which is not valid now/],
		[link(md5(DECODED, EXPIRES, INBOX)), /with the inbox secret \(now\)/],
		[link(md5(DECODED, EXPIRES, `${LINK}\n`)), /a line break at its end/],
		[link(md5(DECODED, EXPIRES, `${LINK} `)), /a space at its end/],
		[link(md5(DECODED, EXPIRES, `"${LINK}"`)), /in quotes/],
		[link(md5(DECODED, EXPIRES, Buffer.from(LINK).toString("base64"))), /encoded in base64/],
		[link(md5(DECODED, EXPIRES, Buffer.from(LINK).toString("hex"))), /encoded in hexadecimal/],
		[link(md5(DECODED, EXPIRES, "")), /the empty secret/],
		[link(encodeURIComponent(standard)), /base64's own alphabet|padding is percent-encoded/],
		[link(`${md5(DECODED)}%3D%3D`), /padding is percent-encoded/],
		[link(`${md5(DECODED)}===`), /too much padding/],
		[link(hex), /in hexadecimal/],
		[link(md5(DECODED, String(NOW - 90)), String(NOW - 90)), /expired 90 s ago.*clock/],
	])("%s", async (url, hint) => {
		const explanation = await ask(url);
		expect(explanation.ok).toBe(false);
		expect(explanation.nearMiss).toMatch(hint);
		expect(JSON.stringify(explanation)).not.toContain(LINK);
	});
	it("finds a secret that the binding holds in base64 or hexadecimal", async () => {
		const encoded = readHost({ ...BINDINGS, SECURE_LINK_SECRET: Buffer.from(LINK).toString("base64") }, NOW);
		const { nearMiss } = await explain(readPasted(link(md5(DECODED))), encoded, NOW * 1000);
		expect(nearMiss).toMatch(/decoded from base64/);
		const hexed = readHost({ ...BINDINGS, SECURE_LINK_SECRET: Buffer.from(LINK).toString("hex") }, NOW);
		expect((await explain(readPasted(link(md5(DECODED))), hexed, NOW * 1000)).nearMiss).toMatch(
			/decoded from hexadecimal/,
		);
	});
	it("a good link is accepted, and a link that fits no guess says what was tried and what to compare", async () => {
		expect(await ask(link(md5(DECODED)))).toMatchObject({ ok: true, key: "now" });
		expect((await ask(link("AAAAAAAAAAAAAAAAAAAAAA"))).nearMiss).toMatch(
			/^none of the 6 secrets on this machine signed it, in \d+ spellings: compare SECURE_LINK_SECRET with storage\.fs\.secretString in local\.json/,
		);
	});
});

describe("tokens: the near miss is named", () => {
	const sign = (secret = INBOX, claims: object = {}, options: jsonwebtoken.SignOptions = {}) =>
		jsonwebtoken.sign({ c: "version", iat: NOW, ...claims }, secret, { algorithm: "HS256", ...options });
	const good = sign();
	const curl = (header: string) =>
		`curl -X POST https://docs.test/command -H '${header}' -d '{"c":"version"}'`;
	const mislabelled = () => {
		const [, payload] = good.split(".");
		const head = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url");
		return `${head}.${payload}.${createHmac("sha512", INBOX).update(`${head}.${payload}`).digest("base64url")}`;
	};
	it.each([
		[sign("the inbox secret before"), /the key before, which is not valid now/],
		[sign(BINDINGS.JWT_SECRET_OUTBOX), /with the outbox secret/],
		[sign(BINDINGS.JWT_SECRET_SESSION), /with the session secret/],
		[sign(LINK), /with the secret of links/],
		[sign(`${INBOX}\n`), /a line break at its end/],
		[sign(` ${INBOX}`), /a space before it/],
		[sign(Buffer.from(INBOX).toString("base64")), /encoded in base64/],
		[sign(INBOX.toUpperCase()), /in upper case/],
		[
			"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoiaW5mbyIsImtleSI6IktoaXJ6NnpUUGRmZDcifQ.r_6sThjFABsHMNHhkVdHDSz4jwkbXRQNYdvawkBGJgg",
			/the empty secret/,
		],
		[mislabelled(), /says HS256, and it is signed with HS512/],
		[sign(INBOX, { exp: NOW - 100 }), /expired 100 s ago/],
		[sign(INBOX, { nbf: NOW + 500 }), /valid in 500 s.*clock/],
		[curl(`Authorization: ${good}`), /lacks "Bearer " before the token/],
		[curl(`Authorization: bearer ${good}`), /begin with exactly "Bearer "/],
		[curl(`Authorization: Bearer Bearer ${good}`), /there twice/],
		[curl(`Authorization: Bearer  ${good}`), /white space/],
		[curl(`Authorization: Bearer <${good}>`), /angle brackets/],
		[curl(`Authorization: Bearer ${good}==`), /padded/],
		[curl(`Authorization: Bearer ${good};`), /comma or semicolon/],
		[curl(`Authorization: Bearer ${good.replaceAll(".", "%2E")}`), /percent-encoded/],
		[curl(`AuthorizationJwt: Bearer ${good}`), /authorizationjwt, where the server does not look/],
		[
			`curl 'https://docs.test/command?token=${good}' -d '{"c":"version"}'`,
			/in the query, where the server does not look/,
		],
		[
			`curl https://docs.test/command --json '{"jwt":"${good}"}'`,
			/in the body, where the server does not look/,
		],
		[`curl https://docs.test/command -d '{"token":"\\"${good}\\""}'`, /in quotes/],
	])("%s", async (text, hint) => {
		const explanation = await ask(text);
		expect(explanation.ok).toBe(false);
		expect(explanation.nearMiss).toMatch(hint);
		expect(JSON.stringify(explanation)).not.toMatch(/eyJ|secret of the server/);
	});
	it("a good token is accepted in every form of paste", async () => {
		for (const text of [
			good,
			`Bearer ${good}`,
			curl(`Authorization: Bearer ${good}`),
			`curl https://docs.test/command \\\n  --data-raw '${JSON.stringify({ token: good })}'`,
		]) {
			expect(await ask(text)).toMatchObject({ ok: true, key: "now" });
		}
	});
});

describe("measured cases: the verdict is the Worker's", () => {
	const measured = readHost(
		{ ...VECTOR_BINDINGS, SECURE_LINK_SECRET: LINK_SECRET, ORIGIN: "http://origin.test" },
		NOW,
	);
	const links = linkVectors.filter(
		({ wire, method, target }) => !wire && method === "GET" && target.startsWith("/"),
	);
	it("links", async () => {
		const wrong = [];
		for (const { id, target, nginx_status } of links) {
			const { ok } = await explain(
				{ method: "GET", url: `http://h${target}`, headers: [], bareToken: false },
				measured,
				NOW * 1000,
			);
			if (nginx_status !== 404 && ok !== (nginx_status === 204)) wrong.push(id);
		}
		expect(wrong).toEqual([]);
		expect(links.length).toBeGreaterThan(400);
	});
	it("calls with a header token", async () => {
		const calls = requestVectors.filter(
			({ id, via, verdict, body, headers, target }) =>
				via === "docservice" &&
				verdict !== "none" &&
				body === null &&
				target.startsWith("/") &&
				/^(header-form|payload-shape)\//.test(id) &&
				Object.values(headers).every(
					(value) => /^[\x20-\x7e]*$/.test(String(value)) && !Array.isArray(value),
				),
		);
		for (const { id, method, target, headers, verdict } of calls) {
			const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
			const pasted = { method, url: `http://h${target}`, headers: pairs, bareToken: false };
			if (pairs.some(([name]) => /\s/.test(name)) || /folded/.test(id)) continue;
			expect([id, (await explain(pasted, measured, NOW * 1000)).ok]).toEqual([id, verdict === "accept"]);
		}
		expect(calls.length).toBeGreaterThan(40);
	});
});
