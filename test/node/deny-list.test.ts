/**
 * The deny list in workerd, in an emulated KV namespace that changes while the edge runs. Protects against an emergency
 * stop that does not reach an editor who is connected already.
 */
import jsonwebtoken from "jsonwebtoken";
import { expect, it } from "vitest";
import { startEdgeBeforeDocumentServer } from "./support/edge-before-document-server.ts";
import { useEditorClients } from "./support/editor-clients.ts";
import { TOKEN_SECRETS } from "./support/vectors.ts";

const { edge, log } = await startEdgeBeforeDocumentServer({}, {}, { denyList: "{}" });
const connectEditor = useEditorClients();

function connect(documentKey: string) {
	const claims = { document: { key: documentKey, url: "http://a/" } };
	const auth = { token: jsonwebtoken.sign(claims, TOKEN_SECRETS.browser) };
	return connectEditor(edge.url, ["websocket"], {
		path: `/doc/${documentKey}/c/`,
		auth,
		reconnectionDelay: 500,
	});
}
const reasons = () => log.map((line) => JSON.parse(line).reason);

/** The edge reads the list every 30 seconds, and asks about open sockets every ten. Both are done twice here. */
const PATIENCE_MS = 240_000;

it(
	"an open socket of a denied document ends, and its editor cannot come back; others stay",
	async () => {
		const [denied, other] = [connect("k1"), connect("k2")];
		await expect.poll(() => denied.connected && other.connected).toBe(true);
		const refusals: string[] = [];
		denied.on("connect_error", ({ message }) => refusals.push(message));
		let dropped = 0;
		other.on("disconnect", () => dropped++);

		await edge.putDenyList('{"documents":["k1"]}');
		await expect.poll(() => denied.connected, { timeout: 90_000, interval: 200 }).toBe(false);
		await expect.poll(() => refusals).toContain("not authorized");
		expect(reasons()).toContain("denied_document");
		expect([other.connected, dropped]).toEqual([true, 0]);

		await edge.putDenyList('{"lockdown":true}');
		await expect.poll(() => other.connected, { timeout: 90_000, interval: 200 }).toBe(false);
		expect(reasons()).toContain("lockdown");
	},
	PATIENCE_MS,
);
