/**
 * Fifty things that people paste into `docs-edge explain`, and the first line of the answer. Protects against a paste that
 * is judged as another request than the one that was meant: a wrong diagnosis is worse than none.
 */
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/cli/explain/explain.ts";
import { readPasted } from "../../../src/cli/paste/read-request.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";

const NOW = 1_795_219_200;
const LINK_SECRET = "a link secret of the server";
const TOKEN_SECRET = "a token secret of the server";
const host = readHost(
	{ ORIGIN: "http://origin.test", SECURE_LINK_SECRET: LINK_SECRET, JWT_SECRET: TOKEN_SECRET },
	NOW,
);
const answer = (text: string) => explain(readPasted(text), host, NOW * 1000);

const PATH = "/cache/files/data/k1/output.docx/output.docx";
const md5 = (expires: number) => signSecureLink(PATH, String(expires), createKey("k", LINK_SECRET));
const linkUntil = (expires: number) => `${PATH}?md5=${md5(expires)}&expires=${expires}`;
const LINK = linkUntil(NOW + 600);
const URL_OF_LINK = `https://docs.example.com${LINK}`;
const WITH_NAME = `${URL_OF_LINK}&filename=output.docx`;
const sign = (claims: object, secret = TOKEN_SECRET) => jsonwebtoken.sign({ iat: NOW, ...claims }, secret);
const COMMAND = sign({ c: "version" });
const IN_HEADER = sign({ payload: { c: "version" } });
const BAD = sign({ c: "version" }, "another secret");
const EXPIRED = sign({ c: "version", exp: NOW - 3 * 86_400 });
const EDITOR = sign({ document: { key: "k1", url: "https://a/", fileType: "docx" }, documentType: "word" });
const SESSION = sign({ document: { key: "k1" }, editorConfig: {} });
const CONVERSION = sign({ filetype: "docx", outputtype: "pdf", url: "https://a/" });
const BUILDER = sign({ async: true, url: "https://a/" });
const COMMAND_URL = "https://docs.example.com/command";

const BY_LINK = "accepted with the key SECURE_LINK_SECRET: it goes to the origin";
const BY_TOKEN = "accepted with the key JWT_SECRET: it goes to the origin";
const OPEN = "accepted: it goes to the origin";
const refused = (reason: string) => new RegExp(`^refused: ${reason}: `);

const har = (entries: object[]) => JSON.stringify({ log: { version: "1.2", entries } });
const harEntry = (method: string, url: string, status: number, headers: object[] = [], text?: string) => ({
	request: { method, url, headers, ...(text && { postData: { mimeType: "application/json", text } }) },
	response: { status, headers: [] },
});

// biome-ignore format: a table
const INPUTS: [name: string, text: string, firstLine: string | RegExp][] = [
	// URLs, in what people put around them.
	["a URL", URL_OF_LINK, BY_LINK],
	["a URL in double quotes", `"${URL_OF_LINK}"`, BY_LINK],
	["a URL in single quotes", `'${URL_OF_LINK}'`, BY_LINK],
	["a URL in angle brackets", `<${URL_OF_LINK}>`, BY_LINK],
	["a URL in Markdown", `[file](${URL_OF_LINK})`, BY_LINK],
	["a URL with text around it", `Look at ${WITH_NAME}, it does not open.`, BY_LINK],
	["a URL at the end of a sentence", `It is ${WITH_NAME}.`, BY_LINK],
	["a URL from HTML", URL_OF_LINK.replaceAll("&", "&amp;"), BY_LINK],
	["a URL from an href", `<a href="${URL_OF_LINK.replaceAll("&", "&amp;")}">`, BY_LINK],
	["a URL without its scheme", URL_OF_LINK.replace("https://", ""), BY_LINK],
	["a path", LINK, BY_LINK],
	["a URL with white space around it", `\n  ${URL_OF_LINK}\r\n`, BY_LINK],
	["an expired URL", `https://docs.example.com${linkUntil(NOW - 60)}`, refused("link_expired")],
	["a URL of a socket", "wss://docs.example.com/doc/k1/c/?EIO=4&transport=websocket", OPEN],
	["a URL with another path", URL_OF_LINK.replace("k1", "k2"), refused("link_mismatch")],

	// curl, of several shells.
	["curl with a header", `curl -X POST ${COMMAND_URL} -H 'Authorization: Bearer ${IN_HEADER}' -d '{"c":"version"}'`, BY_TOKEN],
	["curl behind a prompt", `me@box:~$ curl ${COMMAND_URL} -d '{"token":"${COMMAND}"}'`, BY_TOKEN],
	["curl over several lines", `curl '${COMMAND_URL}' \\\n  -H 'content-type: application/json' \\\n  --data-raw '{"token":"${COMMAND}"}' \\\n  --compressed`, BY_TOKEN],
	["curl that writes to a file", `curl -o /dev/null '${URL_OF_LINK}'`, BY_LINK],
	["curl with --max-redirs", `curl --max-redirs 3 '${URL_OF_LINK}'`, BY_LINK],
	["curl with letters together", `curl -sSLo /dev/null '${URL_OF_LINK}'`, BY_LINK],
	["curl with a glued method", `curl -sXPOST ${COMMAND_URL} -d '{"token":"${BAD}"}'`, refused("token_signature")],
	["curl with -w and --resolve", `curl -w '%{http_code}' --resolve docs.example.com:443:10.0.0.1 '${URL_OF_LINK}'`, BY_LINK],
	["curl with --url", `curl --url '${URL_OF_LINK}' -i`, BY_LINK],
	["curl with a URL that is not quoted", `curl -i ${COMMAND_URL}?x=1 -d '{"token":"${COMMAND}"}'`, BY_TOKEN],
	["curl with --json", `curl --json '{"token":"${COMMAND}"}' ${COMMAND_URL}`, BY_TOKEN],
	["curl with --oauth2-bearer", `curl --oauth2-bearer ${IN_HEADER} -d '{}' ${COMMAND_URL}`, BY_TOKEN],
	["curl with -u", `curl -u me:secret -d '{}' ${COMMAND_URL}`, refused("token_missing")],
	["curl with -I", `curl -I '${URL_OF_LINK}'`, BY_LINK],
	["curl for cmd", `curl ^"${COMMAND_URL}^" ^\r\n  -H ^"content-type: application/json^" ^\r\n  --data-raw ^"^{^\\^"token^\\^":^\\^"${COMMAND}^\\^"^}^"`, BY_TOKEN],
	["curl for PowerShell", `curl.exe '${COMMAND_URL}' \`\n  -H 'Authorization: Bearer ${IN_HEADER}' \`\n  -d '{}'`, BY_TOKEN],
	["curl with bash's $'…'", `curl '${COMMAND_URL}' --data-raw $'{"token":"${COMMAND}","title":"caf\\u00e9"}'`, BY_TOKEN],
	["curl with a body in a file", `curl ${COMMAND_URL} -d @body.json`, refused("token_missing")],

	// What browsers copy.
	["fetch of a browser", `fetch("${COMMAND_URL}", {\n  "headers": {\n    "authorization": "Bearer ${IN_HEADER}"\n  },\n  "body": "{}",\n  "method": "POST"\n});`, BY_TOKEN],
	["fetch with await", `await fetch('${COMMAND_URL}', { method: 'post', body: '{"token":"${BAD}"}' })`, refused("token_signature")],
	["fetch of a URL alone", `fetch("${URL_OF_LINK}")`, BY_LINK],
	["Invoke-WebRequest", `Invoke-WebRequest -UseBasicParsing -Uri "${COMMAND_URL}" \`\n-Method "POST" \`\n-Headers @{\n"authorization"="Bearer ${IN_HEADER}"\n} \`\n-ContentType "application/json" \`\n-Body "{}"`, BY_TOKEN],
	["an HAR file", har([harEntry("GET", "https://docs.example.com/web-apps/a.js", 200), harEntry("POST", COMMAND_URL, 200, [{ name: "x", value: "y" }], `{"token":"${BAD}"}`), harEntry("GET", `https://docs.example.com${linkUntil(NOW - 60)}`, 410)]), refused("link_expired")],
	["one entry of an HAR file", JSON.stringify(harEntry("POST", COMMAND_URL, 200, [], `{"token":"${COMMAND}"}`)), BY_TOKEN],
	["request headers of HTTP/2", `:authority: docs.example.com\n:method: GET\n:path: ${LINK}\n:scheme: https\naccept: */*`, BY_LINK],

	// Captures and logs.
	["raw HTTP", `POST /command HTTP/1.1\r\nHost: docs.example.com\r\nAuthorization: Bearer ${IN_HEADER}\r\n\r\n{}`, BY_TOKEN],
	["raw HTTP/2", `GET ${LINK} HTTP/2\nHost: docs.example.com\n`, BY_LINK],
	["a line of nginx's access log", `203.0.113.7 - - [21/Nov/2026:10:00:00 +0000] "GET ${LINK} HTTP/1.1" 403 153 "-" "Mozilla/5.0"`, BY_LINK],
	["a line of the edge's log", '{"time":"2026-11-21T20:27:29.384Z","id":"x","host":"docs.example.com","method":"POST","route":"command","verdict":"refuse","reason":"token_expired","status":200,"ms":1}', /^refused at command: token_expired: /],
	["an accepted line of the edge's log", '{"time":"2026-11-21T20:27:29.384Z","route":"cached-file","verdict":"accept","reason":"origin_down","status":503}', /^accepted at cached-file, but not answered by the origin: origin_down: /],
	["a problem in the edge's log", '{"level":"error","binding":"JWT_SECRET","problem":"is missing"}', "a problem of the configuration: JWT_SECRET is missing"],

	// Headers and tokens.
	["an Authorization header", `Authorization: Bearer ${IN_HEADER}`, BY_TOKEN],
	["a token after Bearer", `Bearer ${COMMAND}`, BY_TOKEN],
	["a token in quotes", `"${COMMAND}"`, BY_TOKEN],
	["a body with a token", `{"token":"${COMMAND}"}`, BY_TOKEN],
	["a token of another secret", BAD, refused("token_signature")],
	["an expired token", EXPIRED, refused("token_expired")],
	["a token of a conversion", CONVERSION, BY_TOKEN],
	["a token of the builder", BUILDER, BY_TOKEN],
	["a token of an editor", EDITOR, BY_TOKEN],
	["a session token", SESSION, BY_TOKEN],
	["a session token of another secret", sign({ document: { key: "k1" }, editorConfig: {} }, "another"), refused("token_signature")],
];

it("are at least fifty", () => expect(INPUTS.length).toBeGreaterThanOrEqual(50));

describe("the first line of the answer", () => {
	it.each(INPUTS)("%s", async (_, text, firstLine) => {
		const { headline, steps } = await answer(text);
		expect(headline).toMatch(
			typeof firstLine === "string"
				? new RegExp(`^${firstLine.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`)
				: firstLine,
		);
		expect(steps[0]).toMatchObject({ name: "verdict", text: headline });
	});
	it.each(INPUTS)("holds no credential: %s", async (_, text) => {
		expect(JSON.stringify(await answer(text))).not.toMatch(/eyJ|of the server"|md5=[\w-]{22}/);
	});
	it.each(["", "hello", "x.y", "{", '{"a":1}', "fetch(url)", "curl -X POST", "docs.example.com"])(
		"what cannot be read says what can, or what is missing: %j",
		async (text) => {
			expect(() => readPasted(text)).toThrow(/Paste a URL|no URL|no HAR file/);
		},
	);
	it.each([
		["a variable that does not end", `curl ${COMMAND_URL} -d "\${${COMMAND}"`, /no shell can read/],
		["a method that is none", `curl -X 'POST ${COMMAND}' ${COMMAND_URL}`, /cannot be sent/],
		["a header that is none", `curl -H 'A\u0001: ${COMMAND}' ${COMMAND_URL}`, /cannot be sent/],
		["a header with a control character", `curl -H $'A: ${COMMAND}\\nB' ${COMMAND_URL}`, /cannot be sent/],
		["a URL with a password", `https://user:${COMMAND}@docs.example.com/command`, /cannot be sent/],
	])("an error repeats nothing of the text: %s", async (_, text, says) => {
		const message = await (async () => answer(text))().catch(String);
		expect(message).toMatch(says);
		expect(message).not.toContain(COMMAND.slice(0, 20));
	});
	it("the token in the cmd of a download is cut from the line to send on", async () => {
		const cmd = encodeURIComponent(JSON.stringify({ c: "save", tokenSession: SESSION }));
		const { redacted } = await answer(`https://docs.example.com/downloadas/k1?cmd=${cmd}&x=1`);
		expect(redacted).toBe("curl -X GET 'https://docs.example.com/downloadas/k1?cmd=…&x=1'");
	});
});

describe("a token is shown as its owner reads it", () => {
	it("header, claims, times as dates, purpose and key", async () => {
		const { token } = await answer(EXPIRED);
		expect(token).toMatchObject({
			header: { alg: "HS256", typ: "JWT" },
			claims: { c: "version", iat: NOW, exp: NOW - 3 * 86_400 },
			purpose: "command",
			decidedBy: "exp",
			times: [
				{ name: "iat", date: "2026-11-21T00:00:00Z", says: "in 0 seconds" },
				{ name: "exp", date: "2026-11-18T00:00:00Z", says: "expired 3 days ago" },
			],
		});
		expect((await answer(COMMAND)).token?.key).toBe("JWT_SECRET");
	});
	it("its claims can be hidden, but for the times", async () => {
		const { token } = await explain(readPasted(EXPIRED), host, NOW * 1000, { redact: true });
		expect(token?.claims).toEqual({ c: "…", iat: NOW, exp: NOW - 3 * 86_400 });
	});
	it("a link's expiry as a date", async () => {
		const { link } = await answer(URL_OF_LINK);
		expect(link).toEqual({
			stringToSign: `${NOW + 600}${PATH}<secret>`,
			expires: "2026-11-21T00:10:00Z",
			says: "expires in 10 minutes",
		});
	});
});

describe("the plain wrong secret", () => {
	const hintOf = async (text: string, secret?: string) =>
		(await explain(readPasted(text), host, NOW * 1000, secret === undefined ? {} : { secret })).nearMiss;
	it("says how many were tried, and which file to compare with which binding", async () => {
		expect(await hintOf(BAD)).toMatch(
			/^none of the 2 secrets on this machine signed it, in \d+ spellings: compare JWT_SECRET_INBOX or JWT_SECRET with services\.CoAuthoring\.secret\.inbox\.string in local\.json, or try another with --secret -$/,
		);
	});
	it.each([
		["another secret", /^the secret that you gave signed it/],
		["another secret\n", /without the white space/],
		[Buffer.from("another secret").toString("base64"), /decoded from base64/],
		[Buffer.from("another secret").toString("hex"), /decoded from hexadecimal/],
		["a third one", /^none of the/],
	])("--secret %j", async (secret, says) => expect(await hintOf(BAD, secret)).toMatch(says));
	it("a secret of random bytes, kept in base64 at the edge", async () => {
		const bytes = Buffer.from("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0", "hex");
		const signed = jsonwebtoken.sign({ c: "version" }, bytes);
		const encoded = readHost(
			{ ORIGIN: "http://o.test", SECURE_LINK_SECRET: "l", JWT_SECRET: bytes.toString("base64") },
			NOW,
		);
		const { nearMiss } = await explain(readPasted(signed), encoded, NOW * 1000);
		expect(nearMiss).toBe("it is signed with JWT_SECRET decoded from base64");
	});
});

describe("accepted, and odd", () => {
	const notesOf = async (text: string, publicHosts: string[] = []) =>
		(await explain(readPasted(text), host, NOW * 1000, { publicHosts })).notes.join("; ");
	it.each([
		[`https://docs.example.com${linkUntil((NOW + 600) * 1000)}`, /^expires is in milliseconds/],
		[`https://docs.example.com${linkUntil(NOW + 10 * 31_557_600)}`, /^expires is 10 years ahead/],
		[sign({ c: "version", exp: (NOW + 600) * 1000 }), /^exp is in milliseconds/],
		[COMMAND, /no exp/],
		["https://docs.example.com/command", /^GET is open here, POST is protected/],
		[`curl -d @body.json ${COMMAND_URL}`, /body is in the file body\.json/],
	])("%s", async (text, note) => expect(await notesOf(text)).toMatch(note));
	it("another host than those in routes of wrangler.toml", async () => {
		expect(await notesOf(URL_OF_LINK, ["docs.acme.example"])).toMatch(/^docs\.example\.com is not in routes/);
		expect(await notesOf(URL_OF_LINK, ["docs.example.com"])).toBe("");
	});
	it("an ordinary request has no note", async () => expect(await notesOf(URL_OF_LINK)).toBe(""));
});

it("a missing binding is named", async () => {
	const bare = readHost({ ORIGIN: "http://o.test", JWT_SECRET: TOKEN_SECRET }, NOW);
	const { headline, whatToDo } = await explain(readPasted(URL_OF_LINK), bare, NOW * 1000);
	expect(headline).toBe("refused: edge_misconfigured: SECURE_LINK_SECRET is missing");
	expect(whatToDo).toContain("npx wrangler secret put SECURE_LINK_SECRET");
});
