/**
 * The check of clients that others wrote. Protects against a replay that nobody would notice to fail.
 */
import { expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { replayEditors } from "../../../verify/clients/replay-editors.ts";
import { replayRequests } from "../../../verify/clients/replay-requests.ts";
import { SETUPS } from "../../../verify/clients/setups.ts";
import { RECORDED } from "../../../verify/clients/vectors.ts";

const { editors, requests } = RECORDED;
const [plain] = SETUPS;

it.each(SETUPS)("all get through: $name", async ({ name, ...setup }) => {
	const source = await readBundle();
	const sockets = await replayEditors({ source, editors, ...setup });
	const http = await replayRequests({ source, requests, ...setup });
	expect([...sockets.findings, ...http.findings]).toEqual([]);
	expect(sockets.messages).toBeGreaterThan(100);
	expect(http.count).toBe(requests.length);
});

it("an edge with other secrets refuses each of them, and that is found", async () => {
	const source = await readBundle();
	const bindings = Object.fromEntries(Object.keys(plain.bindings).map((name) => [name, `another ${name}`]));
	const sockets = await replayEditors({ source, editors, ...plain, bindings });
	const http = await replayRequests({ source, requests, ...plain, bindings });
	expect(sockets.findings.length).toBe(sockets.count);
	const withToken = requests.filter((request) => JSON.stringify(request).includes("eyJ"));
	expect(http.findings.length).toBe(withToken.length);
});

it("a server with other secrets than the edge signs for is found", async () => {
	const source = await readBundle();
	const strange = { browser: "another secret", session: "another secret" };
	const sockets = await replayEditors({ source, editors, ...plain, serverSecrets: strange });
	const http = await replayRequests({ source, requests, ...plain, heldSecrets: ["another secret"] });
	expect(sockets.findings.length).toBe(sockets.count);
	expect(http.findings.join("\n")).toMatch(/tokens that the origin refuses/);
});

it("an edge that alters a message is found", async () => {
	const source = await readBundle();
	const altering = `${source}
		const { send } = WebSocket.prototype;
		WebSocket.prototype.send = function (data) {
			return send.call(this, typeof data === "string" ? data.replace('"rpc"', '"RPC"') : data);
		};`;
	const { findings } = await replayEditors({ source: altering, editors: editors.slice(0, 1), ...plain });
	expect(findings.join("\n")).toMatch(/messages arrived unchanged/);
});
