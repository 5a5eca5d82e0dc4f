/**
 * The rotation of secrets from start to end: a real nginx and a token checker get new secrets, and the clients keep
 * their old ones. Protects against requests that fail during a rotation.
 */
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../src/link/secure-link.ts";
import { hasNginx } from "./support/nginx.ts";
import { type SecretHolder, startSecretHolder } from "./support/secret-holder.ts";

const OLD = { token: "token secret before the restart", link: "link secret before the restart" };
const NEW = { token: "token secret after the restart", link: "link secret after the restart" };
const PARTNER = "the partner's own token secret";
const REQUESTS = 60;

/** Counts the failed requests of a client with these secrets, at the edge or at the origin. */
async function failures(edge: Edge, tokenSecret: string, linkSecret: string): Promise<number> {
	const outcomes = Array.from({ length: REQUESTS }, async (_, n) => {
		const uri = `/cache/files/data/doc${n}/a.docx`;
		const md5 = signSecureLink(uri, "4102444800", createKey("client", linkSecret));
		const file = await fetch(new URL(`${uri}?md5=${md5}&expires=4102444800`, edge.url));
		const token = jsonwebtoken.sign({ c: "version" }, tokenSecret, { expiresIn: 60 });
		const headers = { Authorization: `Bearer ${token}` };
		const command = await fetch(new URL("/command", edge.url), { method: "POST", headers });
		const { error } = (await command.json()) as { error: number };
		return file.status === 204 && error === 0;
	});
	return (await Promise.all(outcomes)).filter((ok) => !ok).length;
}

describe.runIf(hasNginx)("rotation", () => {
	const origins: Record<string, SecretHolder> = {};
	const edges: Edge[] = [];
	beforeAll(async () => {
		origins.old = await startSecretHolder(OLD);
		origins.new = await startSecretHolder(NEW);
	});
	afterAll(async () => {
		for (const edge of edges) await edge.stop();
		for (const { stop } of Object.values(origins)) await stop();
	});
	async function edgeBefore(origin: "old" | "new", bindings: Record<string, string>): Promise<Edge> {
		const ORIGIN = origins[origin]?.url ?? "";
		const edge = await startEdge({
			bundle: await readBundle(),
			bindings: { ORIGIN, ...bindings },
			onLog: () => undefined,
		});
		edges.push(edge);
		return edge;
	}
	const plain = { JWT_SECRET: OLD.token, SECURE_LINK_SECRET: OLD.link };
	const ring = (name: string, secrets: Record<string, string>) => ({ [name]: JSON.stringify(secrets) });
	const rings = {
		...ring("JWT_SECRET", { before: OLD.token, partner: PARTNER }),
		...ring("SECURE_LINK_SECRET", { before: OLD.link }),
	};

	it("without a ring, everything signed before the restart fails after it", async () => {
		expect(await failures(await edgeBefore("old", plain), OLD.token, OLD.link)).toBe(0);
		expect(await failures(await edgeBefore("new", plain), OLD.token, OLD.link)).toBe(REQUESTS);
	});

	it("with rings and re-signing no request fails before, during and after the restart", async () => {
		const before = await edgeBefore("old", plain);
		expect(await failures(before, OLD.token, OLD.link)).toBe(0);

		const prepared = await edgeBefore("old", {
			...rings,
			ORIGIN_JWT_SECRET: OLD.token,
			ORIGIN_SECURE_LINK_SECRET: OLD.link,
		});
		const during = await Promise.all([
			failures(before, OLD.token, OLD.link),
			failures(prepared, OLD.token, OLD.link),
			failures(prepared, PARTNER, OLD.link),
		]);
		expect(during).toEqual([0, 0, 0]);

		const after = await edgeBefore("new", {
			...rings,
			ORIGIN_JWT_SECRET: NEW.token,
			ORIGIN_SECURE_LINK_SECRET: NEW.link,
		});
		expect(await failures(after, OLD.token, OLD.link)).toBe(0);
		expect(await failures(after, PARTNER, OLD.link)).toBe(0);
		expect(await failures(after, NEW.token, NEW.link)).toBe(0);
		expect(await failures(after, "a stranger's secret", OLD.link)).toBe(REQUESTS);
	});
});
