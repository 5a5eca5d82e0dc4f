/**
 * Sends every measured request byte for byte to the edge in workerd. Protects against a request that the edge accepts
 * and the server refuses. A refusal has to have the server's words, and an accepted request has to stay unchanged.
 */
import { describe, expect, it } from "vitest";
import { useEdge } from "./support/edge-before-origin.ts";
import { sendRaw } from "./support/raw-http.ts";
import { ORIGIN_STATUS } from "./support/recording-origin.ts";
import {
	normalisedTarget,
	type RequestVector,
	rawRequest,
	requestVectors,
	targetBytes,
} from "./support/vectors.ts";

const running = useEdge();

/**
 * The edge refuses these tokens before it checks the signature. No client makes them: headers with `crit`, headers that
 * are not UTF-8, and base64url of length 4n+1. At /ai-proxy it also refuses a payload of 0, which the server accepts by
 * a defect.
 */
const STRICTER = /hdr-crit-|crit-b64|hdrjson-invalid-utf8|enc-(payload|header)-extra-char|odd-aiproxy-zero/;

/** The real server is behind nginx. If both were measured, the edge has to match nginx's outcome. */
const outcome = (vector: RequestVector) => vector.nginx?.verdict ?? vector.verdict;
const hasTwin = new Set(
	requestVectors.filter(({ via }) => via === "nginx").map(({ id }) => id.replace(/@nginx$/, "")),
);

const replayed = requestVectors.filter(
	(vector) =>
		!(vector.via === "docservice" && hasTwin.has(vector.id)) &&
		normalisedTarget(targetBytes(vector)) === targetBytes(vector).replace(/#.*$/, ""),
);

describe("refused by the server", () => {
	it.each(replayed.filter((vector) => outcome(vector) === "reject"))("$id", async (vector) => {
		const answer = await sendRaw(running.edge.url, rawRequest(vector));
		expect(running.origin.take()).toEqual([]);
		expect({
			status: answer.status,
			type: answer.headers["content-type"] ?? null,
			body: answer.body.toString("utf8").slice(0, 300),
		}).toEqual({
			status: vector.status,
			type: vector.content_type,
			// A header with `crit` is malformed to the edge, whatever its claims are.
			body: STRICTER.test(vector.id) ? '{"error":6}' : vector.body_out,
		});
	});
});

describe("accepted by the server", () => {
	const accepted = replayed.filter((vector) => outcome(vector) === "accept" && !vector.flag);
	it.each(accepted.filter(({ id }) => !STRICTER.test(id)))("$id", async (vector) => {
		const sent = rawRequest(vector);
		const answer = await sendRaw(running.edge.url, sent);
		const [seen] = running.origin.take();
		expect(answer.status).toBe(ORIGIN_STATUS);
		expect(seen?.method).toBe(vector.method);
		expect(seen?.target).toBe(normalisedTarget(sent.target));
		expect(seen?.body).toEqual(sent.body ?? Buffer.alloc(0));
		for (const [name, value] of Object.entries(vector.headers)) {
			if (value === "" || /^(host|connection|content-length|x-forwarded-.*)$/i.test(name)) continue;
			expect(seen?.headers[name.toLowerCase()]).toBe(String(value).trim());
		}
	});
	it.each(accepted.filter(({ id }) => STRICTER.test(id)))(
		"$id: the edge forwards it or refuses it, never both",
		async (vector) => {
			const answer = await sendRaw(running.edge.url, rawRequest(vector));
			expect(running.origin.take().length).toBe(answer.status === ORIGIN_STATUS ? 1 : 0);
		},
	);
});

describe("a good token, and 403 by a later rule of the server", () => {
	it.each(replayed.filter(({ flag }) => flag === "post_token_denial"))(
		"$id: 403 by the edge or by the origin",
		async (vector) => {
			const answer = await sendRaw(running.edge.url, rawRequest(vector));
			const forwarded = running.origin.take().length;
			if (answer.status === ORIGIN_STATUS) expect(forwarded).toBe(1);
			else expect([answer.status, answer.body.toString(), forwarded]).toEqual([403, "Forbidden", 0]);
		},
	);
});

describe("accepted by a defect of the server", () => {
	it.each(replayed.filter(({ flag }) => flag === "ai_proxy_no_check"))(
		"$id: the edge requires a good token",
		async (vector) => {
			const answer = await sendRaw(running.edge.url, rawRequest(vector));
			expect(running.origin.take()).toEqual([]);
			expect(answer.status).toBe(403);
			expect(answer.body.toString()).toBe(
				'{"error":{"message":"proxyRequest: checkJwtHeader error","code":"403"}}',
			);
		},
	);
});

describe("no token check at the server", () => {
	it.each(replayed.filter((vector) => outcome(vector) === "none"))("$id", async (vector) => {
		const answer = await sendRaw(running.edge.url, rawRequest(vector));
		// The edge or the origin may refuse it. The edge may not fail.
		expect(answer.status).toBeLessThan(500);
	});
});
