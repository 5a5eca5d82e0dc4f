/**
 * Every measured WOPI proof through `decide`, at the time of its measurement. The requests are those of a real Document
 * Server, some with one change. Protects against a changed request that is accepted.
 */
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { decide } from "../../../src/decide.ts";
import { makeServer } from "../support/wopi-server.ts";
import { keySet, proofVectors } from "../support/wopi-vectors.ts";

const hostWith = (keys: unknown) =>
	readHost(
		{
			ORIGIN: "http://origin.test",
			ROLE: "storage",
			WOPI_PATHS: "/*",
			WOPI_PROOF_KEYS: JSON.stringify(keys),
		},
		0,
	);

const REASON = {
	missing: "wopi_proof_missing",
	token: "wopi_proof_malformed",
	timestamp: "wopi_proof_malformed",
	signature: "wopi_proof_signature",
	old: "wopi_proof_expired",
	future: "wopi_proof_expired",
} as const;

it("has all 120 measured proofs", () => expect(proofVectors.length).toBe(120));

describe.each(proofVectors)("$id", ({ method, url, headers, keys, now, valid, by, reason }) => {
	const request = () => new Request(url, { method, headers });
	it(`is ${valid ? `accepted by ${by}` : `refused: ${reason}`}`, async () => {
		const host = hostWith(keySet(keys));
		expect(host.problems).toEqual([]);
		const decision = await decide(request(), host, now);
		expect(decision.route.id).toBe("wopi-call");
		expect(decision).toMatchObject(
			valid ? { ok: true, keyName: by } : { ok: false, reason: reason && REASON[reason] },
		);
	});
	it("has the same verdict beside the keys of another server", async () => {
		const elsewhere = await makeServer();
		const list = [
			{ name: "elsewhere", current: elsewhere.publicKey },
			{ name: "here", ...keySet(keys) },
		];
		const decision = await decide(request(), hostWith(list), now);
		expect(decision).toMatchObject(
			valid ? { ok: true, keyName: `here/${by}` } : { ok: false, reason: reason && REASON[reason] },
		);
	});
});
