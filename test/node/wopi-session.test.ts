/**
 * An editing session that begins with a WOPI page's token: a real socket.io client through the edge to a real
 * socket.io server, in each transport. The token opens it where it names a listed host.
 */
import jsonwebtoken from "jsonwebtoken";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { type DocumentServer, startDocumentServer } from "./support/document-server.ts";
import { TOKEN_SECRETS, VECTOR_BINDINGS } from "./support/vectors.ts";

const log: string[] = [];
let server: DocumentServer;
let edge: Edge;
beforeAll(async () => {
	server = await startDocumentServer({ secrets: TOKEN_SECRETS });
	const bindings = { ...VECTOR_BINDINGS, ORIGIN: server.url, WOPI_HOSTS: "wopi.example" };
	edge = await startEdge({ bundle: await readBundle(), bindings, onLog: (line) => log.push(line) });
});
afterAll(async () => {
	await edge.stop();
	await server.stop();
});
const clients: Socket[] = [];
afterEach(() => {
	for (const client of clients.splice(0)) client.disconnect();
});

/** As the server writes it into the page. */
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
		const client = io(edge.url.origin, {
			path: "/doc/1/c/",
			query: { WOPISrc: LISTED },
			transports: used as ("websocket" | "polling")[],
			auth: { token },
			forceNew: true,
		});
		clients.push(client);
		return new Promise<string>((resolve) => {
			client.once("connect", () => resolve("connected"));
			client.once("connect_error", (error) => resolve(error.message));
		});
	};
	it("a listed source", async () => expect(await connect(pageToken(LISTED))).toBe("connected"));
	it.each([
		["another host", pageToken("http://evil.example/wopi/files/1")],
		["no host at all", pageToken("data:application/json,{}#/1")],
		["a template elsewhere", pageToken(LISTED, { TemplateSource: "http://10.0.0.1/" })],
	])("%s is refused at the edge", async (_, token) => {
		const seen = server.connects.length;
		expect(await connect(token)).toBe("not authorized");
		expect(server.connects.length).toBe(seen);
		await expect.poll(() => log.join()).toContain('"reason":"wopi_source"');
	});
});
