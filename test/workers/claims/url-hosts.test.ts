/**
 * `ALLOWED_URL_HOSTS`: every kind of token is asked for the hosts of its URLs, at each place that may hold it. Protects
 * against a server that fetches a foreign URL because it came in a session token, or through the editor's socket.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const bindings = {
	...BINDINGS,
	ALLOWED_URL_HOSTS: "files.test, *.example.org",
	TOKEN_PURPOSE: "server",
};
const sign = (claims: object) =>
	new SignJWT({ ...claims })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));
const post = (path: string, init: RequestInit = {}) =>
	new Request(`http://edge.test${path}`, { method: "POST", ...init });
const inCmd = (member: string, token: string) => encodeURIComponent(JSON.stringify({ [member]: token }));

describe("a token in a request", () => {
	const PLACES: readonly (readonly [string, (token: string) => Request])[] = [
		["of an API call", (token) => post("/command", { headers: { Authorization: `Bearer ${token}` } })],
		[
			"of an upload, in the header",
			(token) => post("/upload/k", { headers: { Authorization: `Bearer ${token}` } }),
		],
		["of an upload, in the query", (token) => post(`/upload/k?token=${token}`)],
		["of a session, in cmd", (token) => post(`/downloadas/k?cmd=${inCmd("tokenSession", token)}`)],
		["of a download, in cmd", (token) => post(`/downloadas/k?cmd=${inCmd("tokenDownload", token)}`)],
		["of a save, in cmd", (token) => post(`/savefile/k?cmd=${inCmd("tokenSession", token)}`)],
		["of a printed file", (token) => new Request(`http://edge.test/printfile/k/a.pdf?token=${token}`)],
		["of the assistant", (token) => post("/ai-proxy/x", { headers: { Authorization: `Bearer ${token}` } })],
	];
	describe.each(PLACES)("%s", (_, requestWith) => {
		it.each([
			["https://files.test/a", "forwarded"],
			["https://evil.test/a", "token_url_host"],
		])("%s: %s", async (url, expected) => {
			const token = await sign({ document: { key: "k", url, ds_encrypted: true }, editorConfig: {} });
			const { response, forwarded } = await callEdge(requestWith(token), bindings);
			expect(forwarded.length > 0 ? "forwarded" : response.headers.get("X-Edge-Reason")).toBe(expected);
		});
	});
});

describe("a token in a packet of the editor's socket", () => {
	const PACKETS: readonly (readonly [string, (token: string) => string])[] = [
		["CONNECT, session", (token) => `40{"session":"${token}"}`],
		["CONNECT, editor", (token) => `40{"token":"${token}"}`],
		["auth, session", (token) => authWith("jwtSession", token)],
		["auth, editor", (token) => authWith("jwtOpen", token)],
	];
	const authWith = (name: string, token: string) =>
		`42["message",{"type":"auth","token":"x","user":{"id":"u"},"${name}":"${token}"}]`;
	describe.each(PACKETS)("%s", (_, packetWith) => {
		it.each([
			["https://files.test/a", true],
			["https://evil.test/a", false],
		])("%s reaches the server: %s", async (url, reaches) => {
			const body = packetWith(await sign({ document: { key: "k", url } }));
			const request = post("/doc/k/c/?EIO=4&transport=polling&sid=s", { body });
			const { forwarded } = await callEdge(request, bindings);
			const sent = (await forwarded[0]?.text()) ?? "";
			if (reaches) expect(sent).toBe(body);
			else expect(sent).toMatch(/^40\/\.edge\/(?:connect|auth)\/invalid%20token,$/);
		});
	});
});

describe("a wildcard covers neither a port nor an address", () => {
	it.each([
		["https://a.example.org/x", "forwarded"],
		["https://a.example.org:443/x", "forwarded"],
		["http://a.example.org:80/x", "forwarded"],
		["https://a.example.org:8443/x", "token_url_host"],
		["http://a.example.org:22/x", "token_url_host"],
		["http://a.example.org:443/x", "token_url_host"],
	])("%s: %s", async (url, expected) => {
		const headers = { Authorization: `Bearer ${await sign({ c: "info", url })}` };
		const { response, forwarded } = await callEdge(post("/command", { headers }), bindings);
		expect(forwarded.length > 0 ? "forwarded" : response.headers.get("X-Edge-Reason")).toBe(expected);
	});
});
