/**
 * The log lines of a real editor's socket. Protects a reader of the log: a refused packet is no response with status 101,
 * and an accepted one names its integration. Nothing else of the token reaches the log.
 */
import jsonwebtoken from "jsonwebtoken";
import { expect, it } from "vitest";
import { startEdgeBeforeDocumentServer } from "./support/edge-before-document-server.ts";
import { useEditorClients } from "./support/editor-clients.ts";
import { TOKEN_SECRETS } from "./support/vectors.ts";

const { edge, log } = await startEdgeBeforeDocumentServer({ LOG_NEAR_MISS: "true" });
const connectEditor = useEditorClients();

const CLAIMS = {
	document: { key: "canary", url: "https://files.example.com/canary" },
	editorConfig: { callbackUrl: "https://cloud.example.com/canary?canary=1" },
};
const sign = (more: object, secret: string = TOKEN_SECRETS.browser) =>
	jsonwebtoken.sign({ ...CLAIMS, ...more }, secret);
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** The lines of the packets, without that of the handshake. */
async function packets(transport: string, token: string) {
	log.length = 0;
	const client = connectEditor(edge.url, [transport], {
		path: "/doc/k/c",
		auth: { token },
		reconnection: false,
	});
	await new Promise<void>((resolve) => {
		client.once("connect", () => resolve());
		client.once("connect_error", () => resolve());
	});
	const lines = () =>
		log.map((line) => JSON.parse(line)).filter(({ verdict, key, reason }) => verdict && (key ?? reason));
	await expect.poll(() => lines().length).toBeGreaterThan(0);
	client.disconnect();
	expect(log.join()).not.toContain("canary");
	return lines();
}

it.each(["websocket", "polling"])(
	"%s: an accepted token names the host of its callback",
	async (transport) => {
		const [line] = await packets(transport, sign({}));
		expect(line).toMatchObject({ verdict: "accept", callbackHost: "cloud.example.com" });
	},
);

it("websocket: a refused packet has no status", async () => {
	const [expired] = await packets("websocket", sign({ exp: nowSeconds() - 1000 }));
	expect(expired).toMatchObject({ verdict: "refuse", reason: "token_expired" });
	expect(Math.abs(expired.expiredBy - 1000)).toBeLessThan(60);
	const [wrong] = await packets("websocket", sign({}, `${TOKEN_SECRETS.browser}\n`));
	expect(wrong).toMatchObject({ verdict: "refuse", reason: "token_signature", nearMiss: "line_break" });
	for (const line of [expired, wrong]) expect(Object.keys(line)).not.toContain("status");
});

it("polling: a refused packet came in a request, and has the status of its answer", async () => {
	const [line] = await packets("polling", sign({}, "another secret"));
	expect(line).toMatchObject({ verdict: "refuse", reason: "token_signature", status: 200 });
});
