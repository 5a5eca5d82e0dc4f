/**
 * Compares the edge with a real nginx that has the Document Server's location for cached files. Thousands of generated
 * links go to both over raw sockets.
 *
 * Protects against a link that the edge forwards and nginx refuses, and against a good link that the edge refuses.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { signSha256Link } from "../../src/link/sha256-link.ts";
import { answerOf, type EdgeBeforeNginx, startEdgeBeforeNginx } from "../../verify/edge-before-nginx.ts";
import { paths, signedUri } from "../../verify/generators/links.ts";
import { compareLinks, LINKS } from "../../verify/promises/links.ts";
import { hasNginx } from "./support/nginx.ts";
import { sendRaw } from "./support/raw-http.ts";
import { linkVectors, targetBytes } from "./support/vectors.ts";

const OWN_LINKS = 1500;
/** `sendRaw` sends this `Host`. */
const HOST = "edge.test";
const OWN_SECRET = "a secret for own links";
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

describe.runIf(hasNginx)("against a live nginx", () => {
	let running: EdgeBeforeNginx;
	beforeAll(async () => {
		running = await startEdgeBeforeNginx(await readBundle(), { SECURE_LINK_SHA256: OWN_SECRET });
	});
	afterAll(() => running.stop());

	it(`agrees on ${LINKS.small} generated links (SEED=${SEED})`, async () => {
		const size = { amount: LINKS.small, deadlineMs: Number.POSITIVE_INFINITY, seed: SEED, say: console.log };
		const { figure, findings, isKept } = await compareLinks(await readBundle(), size);
		console.log(`seed ${SEED}: ${figure}`);
		expect({ findings, isKept }).toEqual({ findings: [], isKept: true });
	});

	it(`translates links in SHA-256 into links that nginx accepts, ${OWN_LINKS} at random (SEED=${SEED})`, async () => {
		const { edge } = running;
		const refusedByNginx: string[] = [];
		let accepted = 0;
		for (const link of fc.sample(OWN_LINK, { seed: SEED, numRuns: OWN_LINKS })) {
			const target = await signed(link);
			const { by, status } = answerOf(await sendRaw(edge.url, { method: "GET", target }));
			if (by !== "origin") continue;
			if (status === 204) accepted++;
			// Not a cached file to nginx.
			else if (status !== 404) refusedByNginx.push(`${status} ${target}`);
		}
		console.log(`seed ${SEED}: ${OWN_LINKS} links in SHA-256, ${accepted} accepted by edge and nginx`);
		expect(refusedByNginx).toEqual([]);
		expect(accepted).toBeGreaterThan(OWN_LINKS / 4);
	});

	it("agrees on every measured link, as a URL parser rewrites it", async () => {
		const disagreements = [];
		for (const vector of linkVectors.filter(({ method }) => method === "GET")) {
			const { disagreement } = await running.judge({ method: "GET", target: targetBytes(vector) });
			if (disagreement) disagreements.push({ id: vector.id, disagreement });
		}
		expect(disagreements).toEqual([]);
	});
});

const OWN_KEY = createKey("own", OWN_SECRET);
interface OwnLink {
	readonly path: string;
	readonly expires: string;
	readonly filename: string;
}
const OWN_LINK: fc.Arbitrary<OwnLink> = fc.record({
	path: paths,
	expires: fc.constantFrom(...Array(9).fill("4102444800"), "1600000000", "0", "04102444800", ""),
	filename: fc.constantFrom("", "&filename=a.docx"),
});

/** Makes a link in SHA-256. */
async function signed({ path, expires, filename }: OwnLink): Promise<string> {
	const link = { host: HOST, uri: signedUri(path), expires, network: "" };
	return `${path}?sha256=${await signSha256Link(link, OWN_KEY)}&expires=${expires}${filename}`;
}
