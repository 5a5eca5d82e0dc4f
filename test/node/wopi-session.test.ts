/**
 * Editing sessions that begin with a WOPI page's token: a real socket.io client, through the edge, to a real socket.io
 * server, in each transport. Protects against server-side request forgery: a token that names a host that is not listed
 * may not open a session.
 */
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { startEdgeBeforeDocumentServer } from "./support/edge-before-document-server.ts";
import { useEditorClients } from "./support/editor-clients.ts";
import { TOKEN_SECRETS } from "./support/vectors.ts";

const { server, edge, log } = await startEdgeBeforeDocumentServer({ WOPI_HOSTS: "wopi.example" });
const connectEditor = useEditorClients();

/** Signs the claims of a page's token, as measured on a real server. */
const pageToken = (wopiSrc: string, fileInfo: object = {}) =>
	jsonwebtoken.sign(
		{
			key: "1",
			apiQuery: "?WOPISrc=x",
			fileInfo: { BaseFileName: "a.docx", ...fileInfo },
			userAuth: { wopiSrc, access_token: "t" },
			documentType: "word",
		},
		TOKEN_SECRETS.browser,
	);
const LISTED = "http://wopi.example/wopi/files/1";

describe.each([["websocket"], ["polling"], ["polling", "websocket"]])("%s %s", (...transports) => {
	const connect = (token: string) => {
		const used = transports.filter((name) => typeof name === "string");
		const client = connectEditor(edge.url, used, {
			path: "/doc/1/c/",
			query: { WOPISrc: LISTED },
			auth: { token },
		});
		return new Promise<string>((resolve) => {
			client.once("connect", () => resolve("connected"));
			client.once("connect_error", (error) => resolve(error.message));
		});
	};
	it("a listed source is connected", async () => expect(await connect(pageToken(LISTED))).toBe("connected"));
	it.each([
		["another host", pageToken("http://evil.example/wopi/files/1")],
		["a URL without a host", pageToken("data:application/json,{}#/1")],
		["a template on another host", pageToken(LISTED, { TemplateSource: "http://10.0.0.1/" })],
	])("%s is refused at the edge", async (_, token) => {
		const seen = server.connects.length;
		expect(await connect(token)).toBe("not authorized");
		expect(server.connects.length).toBe(seen);
		await expect.poll(() => log.join()).toContain('"reason":"wopi_source"');
	});
});
