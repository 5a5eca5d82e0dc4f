/**
 * Accepted API calls, and uploads: quick ones, slow ones, and ones that break off.
 */
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { encodeRequest } from "../../test/node/support/raw-http.ts";
import { bearer, signToken } from "./secrets.ts";
import { askSite, expectStatus, FILES_HOST, type Site, type Traffic } from "./traffic.ts";

const KIB = 1024;
const SLOW_PIECES = 10;
const SLOW_PIECE_BYTES = KIB;
const SLOW_PAUSE_MS = 150;
const JSON_TYPE = { "Content-Type": "application/json" };

const call = async (site: Site, path: string, headers: Record<string, string>, body: string | Buffer) =>
	expectStatus(await askSite(site, { host: FILES_HOST, method: "POST", path, headers, body }), 200);

const uploadHeaders = (n: number) => bearer(signToken({ document: { key: `k${n}` }, editorConfig: {} }));

export const CALL_TRAFFIC: readonly Traffic[] = [
	{
		name: "commands with a header token",
		clients: 2,
		once: (site, n) => {
			const claims = { payload: { c: "info", key: `k${n}` } };
			return call(site, "/command", { ...JSON_TYPE, ...bearer(signToken(claims)) }, '{"c":"info"}');
		},
	},
	{
		name: "conversions with a body token",
		clients: 2,
		once: (site, n) => {
			const claims = { filetype: "docx", outputtype: "pdf", key: `k${n}`, url: "http://x.test/a.docx" };
			return call(site, "/converter", JSON_TYPE, JSON.stringify({ token: signToken(claims) }));
		},
	},
	{
		name: "quick uploads",
		clients: 2,
		once: (site, n) => call(site, `/upload/k${n}`, uploadHeaders(n), Buffer.alloc(256 * KIB, "x")),
	},
	{ name: "slow uploads", clients: 12, once: (site, n) => uploadSlowly(site, n, n % 3 === 0) },
];

/** @param breaksOff the client resets the connection in the middle */
async function uploadSlowly(site: Site, n: number, breaksOff: boolean): Promise<string | undefined> {
	const socket = connect(Number(site.url.port), site.url.hostname);
	let answer = "";
	socket.on("error", () => undefined);
	socket.on("data", (bytes) => {
		answer += bytes.toString("latin1");
	});
	const closed = new Promise((resolve) => socket.once("close", resolve));
	const headers = { ...uploadHeaders(n), "Content-Length": String(SLOW_PIECES * SLOW_PIECE_BYTES) };
	socket.write(encodeRequest({ method: "POST", target: `/upload/k${n}`, headers, hostHeader: FILES_HOST }));
	const piece = Buffer.alloc(SLOW_PIECE_BYTES, "x");
	for (let sent = 0; sent < SLOW_PIECES; sent++) {
		await pause(SLOW_PAUSE_MS);
		if (breaksOff && sent === SLOW_PIECES / 2) {
			socket.resetAndDestroy();
			await closed;
			return undefined;
		}
		socket.write(piece);
	}
	await closed;
	site.requests++;
	const status = Number(answer.split(" ")[1]);
	return status === 200 ? undefined : `status ${status} instead of 200`;
}
