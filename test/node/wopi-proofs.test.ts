/**
 * A WOPI host behind the deployed bundle: requests of a Document Server over raw sockets, signed by code that is not
 * the edge's. Protects against a request without a right proof that reaches the host, and against a changed request.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { type RawRequest, sendRaw } from "./support/raw-http.ts";
import { ORIGIN_STATUS, type RecordingOrigin, startRecordingOrigin } from "./support/recording-origin.ts";
import { makeProofKey, prove } from "./support/wopi-signer.ts";

const MINUTE = 60_000;
const [current, old, next, other, stranger] = Array.from({ length: 5 }, makeProofKey) as [
	ReturnType<typeof makeProofKey>,
	ReturnType<typeof makeProofKey>,
	ReturnType<typeof makeProofKey>,
	ReturnType<typeof makeProofKey>,
	ReturnType<typeof makeProofKey>,
];

let edge: Edge;
let origin: RecordingOrigin;
const log: string[] = [];
beforeAll(async () => {
	origin = await startRecordingOrigin();
	edge = await startEdge({
		bundle: await readBundle(),
		bindings: {
			ORIGIN: origin.url,
			ROLE: "storage",
			WOPI_PATHS: "/wopi/files/*",
			WOPI_FILE_URL_PATHS: "/template/*",
			WOPI_PROOF_KEYS: JSON.stringify([
				{ name: "ds-1", current: current.publicKey, old: old.publicKey },
				{ name: "ds-2", current: other.publicKey },
			]),
		},
		onLog: (line) => void log.push(line),
	});
});
afterAll(async () => {
	await edge.stop();
	await origin.stop();
});
beforeEach(() => {
	origin.take();
	log.length = 0;
});

const TOKEN = "tok/é+ &=";
const query = (token: string) => `access_token=${encodeURIComponent(token)}`;
const FILE = `/wopi/files/a?${query("tok")}`;
const HOST = "wopi.example";

type More = Partial<RawRequest>;
async function send(target: string, headers: RawRequest["headers"], more: More = {}) {
	const request = {
		method: "GET",
		target,
		hostHeader: HOST,
		...more,
		headers: { ...headers, ...more.headers },
	};
	const answer = await sendRaw(edge.url, request);
	return { status: answer.status, reason: answer.headers["x-edge-reason"], seen: origin.take() };
}
const proven = (target: string, token = "tok", keys = [current, old], at = Date.now()) =>
	prove({ url: `http://${HOST}${target}`, token, at }, ...(keys as [typeof current]));

describe("a proven request of the Document Server reaches the host unchanged", () => {
	const body = randomBytes(300_000);
	it.each<[string, string, string, More]>([
		["CheckFileInfo", `/wopi/files/a?${query("tok")}`, "tok", {}],
		["a token of letters and special characters", `/wopi/files/a?${query(TOKEN)}`, TOKEN, {}],
		["an empty token", `/wopi/files/a?${query("")}`, "", {}],
		[
			"GetFile",
			`/wopi/files/a/contents?${query("tok")}`,
			"tok",
			{ headers: { "X-WOPI-MaxExpectedSize": "1" } },
		],
		[
			"LOCK, without a body",
			FILE,
			"tok",
			{ method: "POST", headers: { "X-WOPI-Override": "LOCK", "X-WOPI-Lock": "1" } },
		],
		[
			"PutFile",
			`/wopi/files/a/contents?${query("tok")}`,
			"tok",
			{ method: "POST", body, headers: { "X-WOPI-Override": "PUT" } },
		],
		[
			"PutFile in chunks",
			`/wopi/files/a/contents?${query("tok")}`,
			"tok",
			{ method: "POST", body, framing: "chunked" },
		],
		["a path with escapes", `/wopi/files/%c3%a9%2Fx(1)?${query("tok")}`, "tok", {}],
		["other parameters around the token", `/wopi/files/a?x=%20&${query("tok")}&y`, "tok", {}],
	])("%s", async (_, target, token, more) => {
		const headers = proven(target, token);
		const { status, reason, seen } = await send(target, headers, more);
		expect([status, reason]).toEqual([ORIGIN_STATUS, undefined]);
		expect(seen).toHaveLength(1);
		expect(seen[0]).toMatchObject({ method: more.method ?? "GET", target });
		expect(seen[0]?.body.equals(more.body ?? Buffer.alloc(0))).toBe(true);
		for (const [name, value] of Object.entries({ ...headers, ...more.headers }))
			expect(seen[0]?.headers[name.toLowerCase()]).toBe(value);
		expect(JSON.parse(log.at(-1) ?? "")).toMatchObject({ route: "wopi-call", key: "ds-1/proof/current" });
		expect(log.join()).not.toContain(headers["X-WOPI-Proof"]);
	});
	it("accepts ' as it is or as %27 if it was signed as it is", async () => {
		const signed = proven(`/wopi/files/a?${query("it's")}`, "it's");
		for (const text of ["it's", "it%27s"]) {
			expect((await send(`/wopi/files/a?access_token=${text}`, signed)).status).toBe(ORIGIN_STATUS);
		}
	});
	it.each([
		["the server rotated, the edge not yet", [next, current], "ds-1/proofOld/current"],
		["the edge rotated, the server not yet", [old, next], "ds-1/proof/old"],
		["another server", [other, other], "ds-2/proof/current"],
	])("%s", async (_, keys, key) => {
		expect((await send(FILE, proven(FILE, "tok", keys))).status).toBe(ORIGIN_STATUS);
		expect(JSON.parse(log.at(-1) ?? "").key).toBe(key);
	});
	it("forwards a FileUrl without a proof: the server never signs it", async () => {
		expect((await send("/template/new.docx", {})).status).toBe(ORIGIN_STATUS);
		expect(JSON.parse(log.at(-1) ?? "").route).toBe("wopi-file-url");
	});
});

describe("refused with 500, and not forwarded", () => {
	const good = () => proven(FILE);
	it.each<[string, string, () => RawRequest["headers"], string, More?]>([
		["no proof", FILE, () => ({}), "wopi_proof_missing"],
		["no proof, with DELETE", FILE, () => ({}), "wopi_proof_missing", { method: "DELETE" }],
		["a stranger's key", FILE, () => proven(FILE, "tok", [stranger, stranger]), "wopi_proof_signature"],
		["ProofOld with the old key", FILE, () => proven(FILE, "tok", [next, old]), "wopi_proof_signature"],
		["another file", FILE.replace("/a?", "/b?"), good, "wopi_proof_signature"],
		["another token", FILE.replace("=tok", "=tik"), good, "wopi_proof_signature"],
		["another host", FILE, good, "wopi_proof_signature", { hostHeader: "evil.example" }],
		["another port", FILE, good, "wopi_proof_signature", { hostHeader: `${HOST}:8080` }],
		[
			"another host, with the right one in X-Forwarded-Host",
			FILE,
			good,
			"wopi_proof_signature",
			{ hostHeader: "evil.example", headers: { "X-Forwarded-Host": HOST } },
		],
		[
			"a token in the header only",
			"/wopi/files/a",
			() => proven("/wopi/files/a"),
			"wopi_proof_malformed",
			{ headers: { Authorization: "Bearer tok" } },
		],
		[
			"a second token",
			`${FILE}&access%5ftoken=x`,
			() => proven(`${FILE}&access%5ftoken=x`),
			"wopi_proof_malformed",
		],
		[
			"a time stamp twice",
			FILE,
			() => ({ ...good(), "X-WOPI-TimeStamp": [good()["X-WOPI-TimeStamp"], good()["X-WOPI-TimeStamp"]] }),
			"wopi_proof_malformed",
		],
		[
			"a proof twice",
			FILE,
			() => ({ ...good(), "X-WOPI-Proof": [good()["X-WOPI-Proof"], good()["X-WOPI-Proof"]] }),
			"wopi_proof_signature",
		],
		[
			"21 minutes old",
			FILE,
			() => proven(FILE, "tok", [current, old], Date.now() - 21 * MINUTE),
			"wopi_proof_expired",
		],
		[
			"6 minutes ahead",
			FILE,
			() => proven(FILE, "tok", [current, old], Date.now() + 6 * MINUTE),
			"wopi_proof_expired",
		],
		["an encoded path", "/%77opi/files/a", () => ({}), "wopi_proof_missing"],
		["doubled slashes", "//wopi//files/a", () => ({}), "wopi_proof_missing"],
		["encoded slashes", "/wopi%2Ffiles%2Fa", () => ({}), "wopi_proof_missing"],
		["dots behind an encoded slash", "/template/..%2fwopi/files/a", () => ({}), "wopi_proof_missing"],
		["an absolute URL", `http://${HOST}/wopi/files/a`, () => ({}), "wopi_proof_missing"],
	])("%s", async (_, target, headers, reason, more) => {
		expect(await send(target, headers(), more)).toEqual({ status: 500, reason, seen: [] });
	});
	it("another spelling of a WOPI path passes only with a proof of that spelling", async () => {
		const spelled = FILE.replace("/wopi", "/%77opi");
		expect((await send(spelled, good())).reason).toBe("wopi_proof_signature");
		const { status, seen } = await send(spelled, proven(spelled));
		expect([status, seen[0]?.target]).toEqual([ORIGIN_STATUS, spelled]);
	});
	it("a large body with a bad proof is not forwarded", async () => {
		const more = { method: "POST", body: randomBytes(2_000_000) };
		expect(await send(FILE, proven(FILE, "x"), more)).toEqual({
			status: 500,
			reason: "wopi_proof_signature",
			seen: [],
		});
	});
});
