/**
 * Leaks: no log line, reply or header may hold a secret, token, claim, signature or query. A log reader or a client
 * could use them. Only the hostname of the callback may reach the log.
 */
import { SignJWT } from "jose";
import { expect, it } from "vitest";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { callEdge } from "../support/call-edge.ts";

const SECRETS = { JWT_SECRET: "canary-token-secret", SECURE_LINK_SECRET: "canary-link-secret" };
const URI = "/cache/files/data/canary-document/a.docx";
const sign = (secret: string, expires: number) =>
	new SignJWT({
		payload: { c: "version", note: "canary-claim" },
		editorConfig: { callbackUrl: "https://canary:canary@integration.test:8443/canary?canary=1" },
		document: { key: "canary-document", url: "https://canary-files.test/canary" },
	})
		.setProtectedHeader({ alg: "HS256" })
		.setExpirationTime(expires)
		.sign(new TextEncoder().encode(secret));

it("no outcome of any route leaks, the origin's failures included", async () => {
	const future = 4102444800;
	const tokens = [
		await sign(SECRETS.JWT_SECRET, future),
		await sign(SECRETS.JWT_SECRET, 1600000000),
		await sign("another-canary-secret", future),
		await sign(`${SECRETS.JWT_SECRET}\n`, future),
	];
	const md5s = [future, 1600000000].map((expires) =>
		signSecureLink(URI, String(expires), createKey("k", SECRETS.SECURE_LINK_SECRET)),
	);
	const damaged = tokens.map((token) => `${token.slice(0, -2)}**`);
	const requests = [
		...md5s.map((md5) => `${URI}?md5=${md5}&expires=${future}&canary-query=1`),
		...md5s.map((md5) => `${URI}?md5=${md5}&expires=1600000000`),
		...md5s.map((md5) => `/storage-cache/files/data/a?md5=${md5}&expires=${future}`),
		...tokens.map((token) => `/coauthoring/CommandService.ashx?token=${token}`),
		...tokens.map((token) => `/downloadfile/a?token=${token}`),
		"/internal/canary-document",
		"/%zzcanary-document",
	].map((path) => new Request(`http://edge.test${path}`));
	for (const token of [...tokens, ...damaged]) {
		for (const path of ["/command", "/converter", "/docbuilder", "/downloadfile/a"]) {
			const url = `http://edge.test${path}`;
			requests.push(new Request(url, { method: "POST", body: JSON.stringify({ token }) }));
			requests.push(new Request(url, { method: "POST", headers: { Authorization: `Bearer ${token}` } }));
		}
	}
	for (const token of [...tokens, ...damaged]) {
		const body = `40${JSON.stringify({ token, note: "canary" })}`;
		requests.push(
			new Request("http://edge.test/doc/canary/c/?EIO=4&transport=polling&sid=canary", {
				method: "POST",
				body,
			}),
		);
	}
	for (const request of requests) request.headers.set("CF-Connecting-IP", "canary-address");
	const origins = [
		() => new Response("origin"),
		() => {
			throw new Error(`fetch failed: ${SECRETS.JWT_SECRET} canary-query`);
		},
	];
	const bindings = [
		{ ...SECRETS, ORIGIN: "http://origin.test" },
		{ ...SECRETS, ORIGIN: "http://origin.test", LOG_NEAR_MISS: "true", LOG_CLIENT_IP: "full" },
		{ ...SECRETS, ORIGIN: "canary-origin", JWT_HEADER: "canary header", REASONS: "canary" },
	];
	const parts = [...tokens, ...damaged].flatMap((token) => token.split(".").slice(1));
	const forbidden = [...Object.values(SECRETS), "canary", ...parts, ...md5s];

	let outcomes = 0;
	const named = new Set<string>();
	for (const origin of origins) {
		for (const binding of bindings) {
			for (const request of requests) {
				const { response, log } = await callEdge(request.clone(), binding, origin);
				const said = [...log, await response.text(), ...[...response.headers].flat()].join("\n");
				for (const text of forbidden) expect(said).not.toContain(text);
				for (const [name] of said.matchAll(/expiredBy|nearMiss|integration\.test/g)) named.add(name);
				outcomes++;
			}
		}
	}
	expect(outcomes).toBe(requests.length * 6);
	// The lines that say the most were among these.
	expect([...named].sort()).toEqual(["expiredBy", "integration.test", "nearMiss"]);
});
