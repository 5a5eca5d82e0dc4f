/**
 * Sends every measured WOPI request byte for byte to the edge in workerd. Protects against server-side request forgery:
 * no spelling of host, route or parameter may make the Document Server call a host that is not listed.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import wopi from "../vectors/wopi.json" with { type: "json" };
import { sendRaw } from "./support/raw-http.ts";
import { ORIGIN_STATUS, type RecordingOrigin, startRecordingOrigin } from "./support/recording-origin.ts";
import { normalisedTarget } from "./support/vectors.ts";

interface RouteVector {
	readonly id: string;
	readonly kind: "routes";
	readonly method: string;
	readonly target: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | null;
	readonly raw?: boolean;
	readonly edge: "forward" | "refuse" | "closed";
}

const { secrets } = wopi.about;
const cases = (wopi.cases as readonly { readonly kind: string }[]).filter(
	(one): one is RouteVector => one.kind === "routes",
);
const BINDINGS = {
	JWT_SECRET_INBOX: secrets.inbox,
	JWT_SECRET_BROWSER: secrets.browser,
	JWT_SECRET_SESSION: secrets.session,
	JWT_SECRET_OUTBOX: secrets.outbox,
	SECURE_LINK_SECRET: "a secret for links",
};

let origin: RecordingOrigin;
let edge: Edge;
let closed: Edge;
beforeAll(async () => {
	origin = await startRecordingOrigin();
	const start = async (more: Record<string, string>) =>
		startEdge({
			bundle: await readBundle(),
			bindings: { ...BINDINGS, ORIGIN: origin.url, ...more },
			onLog: () => undefined,
		});
	edge = await start({ WOPI_HOSTS: "wopi.example" });
	closed = await start({});
});
afterAll(async () => {
	await edge.stop();
	await closed.stop();
	await origin.stop();
});

const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");
async function send(to: Edge, { method, target, headers, body }: RouteVector) {
	origin.take();
	const sent = {
		method,
		target: bytesOf(target),
		headers,
		...(body !== null && { body: Buffer.from(body) }),
	};
	const answer = await sendRaw(to.url, sent);
	return { answer, seen: origin.take(), body: sent.body ?? Buffer.alloc(0) };
}

describe("forwarded: the host is listed, and the request is written plainly", () => {
	it.each(cases.filter((one) => one.edge === "forward"))("$id", async (vector) => {
		const { answer, seen, body } = await send(edge, vector);
		expect([answer.headers["x-edge-reason"], answer.status]).toEqual([undefined, ORIGIN_STATUS]);
		expect(seen[0]?.target).toBe(normalisedTarget(bytesOf(vector.target)));
		expect(seen[0]?.body.equals(body)).toBe(true);
		expect(seen[0]?.headers["x-url"]).toBeUndefined();
		expect(seen[0]?.headers["x-forwarded-host"]).not.toBe("evil.example");
	});
});

describe("never forwarded", () => {
	it.each(cases.filter((one) => one.edge !== "forward"))("$id: $edge", async (vector) => {
		const { answer, seen } = await send(edge, vector);
		// The platform drops a fragment before a Worker sees the URL. The rest is judged and forwarded.
		const isCut = vector.target.includes("#") && answer.status === ORIGIN_STATUS;
		if (isCut) return expect(seen.map(({ target }) => target)).toEqual([vector.target.replace(/#.*/, "")]);
		expect(seen).toEqual([]);
		expect(answer.status).toBeLessThan(500);
		if (!/^(?:other|page-token)\//.test(vector.id))
			expect(answer.headers["x-edge-reason"]).toMatch(/^(?:wopi_|token_|target_malformed|path_ambiguous)/);
	});
});

describe("without WOPI_HOSTS", () => {
	const sources = cases.filter(({ target }) => /^\/+(?:hosting\/+wopi|cool|lool|wopi)/i.test(target));
	it.each(sources)("$id is closed", async (vector) => {
		const { answer, seen } = await send(closed, vector);
		expect(seen).toEqual([]);
		expect([answer.status, answer.headers["x-edge-reason"]]).toEqual([403, "wopi_closed"]);
	});
	it.each(["/hosting/discovery", "/hosting/capabilities", "/Hosting/Discovery/"])(
		"%s is open",
		async (target) => {
			expect((await sendRaw(closed.url, { method: "GET", target })).status).toBe(ORIGIN_STATUS);
		},
	);
});
