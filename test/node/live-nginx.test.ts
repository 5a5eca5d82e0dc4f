/**
 * Compares the edge with a real nginx that has the Document Server's location for cached files. Thousands of randomly
 * mutated links go to both over raw sockets.
 *
 * Protects against a link that the edge forwards and nginx refuses, and against a good link that the edge refuses.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../src/link/secure-link.ts";
import { signSha256Link } from "../../src/link/sha256-link.ts";
import { nginxUri } from "../../src/request/nginx-uri.ts";
import { pick, type Random, seeded } from "../random.ts";
import { hasNginx, type Nginx, secureLinkServer, startNginx } from "./support/nginx.ts";
import { type RawResponse, sendRaw } from "./support/raw-http.ts";
import {
	LINK_SECRET,
	linkVectors,
	normalisedTarget,
	targetBytes,
	VECTOR_BINDINGS,
} from "./support/vectors.ts";

const MUTATIONS = 6000;
const OWN_LINKS = 1500;
/** `sendRaw` sends this `Host`. */
const HOST = "edge.test";
const OWN_SECRET = "a secret for own links";
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const PARALLEL = 16;

/** Tells the author of a response: the edge adds a request id, and nginx its name. */
type Outcome = { readonly by: "edge" | "origin" | "workerd"; readonly status: number };
const outcomeOf = ({ status, headers }: RawResponse): Outcome => ({
	by: headers["x-request-id"] ? "edge" : headers.server === "nginx" ? "origin" : "workerd",
	status,
});

/** @returns the disagreement, or `undefined` */
function disagreement(edge: Outcome, nginxStatus: number): string | undefined {
	if (edge.by === "workerd") return undefined;
	if (edge.by === "origin") {
		const fine = edge.status === nginxStatus && (nginxStatus === 204 || nginxStatus === 404);
		return fine ? undefined : "forwarded what nginx refuses";
	}
	if (nginxStatus === 204) return "refused what nginx accepts";
	// The path is not a cached file to nginx. The edge may refuse it for another reason.
	if (nginxStatus === 404) return [404, 403, 410].includes(edge.status) ? undefined : "another refusal";
	return edge.status === nginxStatus ? undefined : "another refusal";
}

describe.runIf(hasNginx)("against a live nginx", () => {
	let nginx: Nginx;
	let edge: Edge;
	beforeAll(async () => {
		nginx = await startNginx(`${secureLinkServer(LINK_SECRET)} location / { return 404; }`);
		edge = await startEdge({
			bundle: await readBundle(),
			bindings: { ...VECTOR_BINDINGS, ORIGIN: nginx.url.origin, SECURE_LINK_SHA256: OWN_SECRET },
			onLog: () => undefined,
		});
	});
	afterAll(async () => {
		await edge.stop();
		await nginx.stop();
	});

	/** Sends each target to both. Counts the authors of the responses, and collects disagreements. */
	async function compare(targets: readonly string[]) {
		const seen = { edge: 0, origin: 0, workerd: 0, accepted: 0 };
		const disagreements: object[] = [];
		const queue = [...targets];
		const worker = async () => {
			for (let target = queue.pop(); target !== undefined; target = queue.pop()) {
				const outcome = outcomeOf(await sendRaw(edge.url, { method: "GET", target }));
				seen[outcome.by]++;
				const judged = normalisedTarget(target);
				if (outcome.by === "workerd" || judged === undefined) continue;
				const { status } = await sendRaw(nginx.url, { method: "GET", target: judged });
				if (status === 204) seen.accepted++;
				const wrong = disagreement(outcome, status);
				if (wrong) disagreements.push({ wrong, target, judged, outcome, nginx: status });
			}
		};
		await Promise.all(Array.from({ length: PARALLEL }, worker));
		return { seen, disagreements };
	}

	it(`agrees on ${MUTATIONS} random mutations (SEED=${SEED})`, async () => {
		const random = seeded(SEED);
		const { seen, disagreements } = await compare(Array.from({ length: MUTATIONS }, () => mutate(random)));
		console.log(`seed ${SEED}: ${MUTATIONS} targets`, seen);
		expect(disagreements).toEqual([]);
		expect(seen.edge + seen.origin).toBeGreaterThan(5000);
		expect(seen.accepted).toBeGreaterThan(500);
	});

	it(`translates links in SHA-256 into links that nginx accepts, ${OWN_LINKS} at random (SEED=${SEED})`, async () => {
		const random = seeded(SEED);
		const refusedByNginx: string[] = [];
		let accepted = 0;
		for (let at = 0; at < OWN_LINKS; at++) {
			const target = await ownLink(random);
			const { by, status } = outcomeOf(await sendRaw(edge.url, { method: "GET", target }));
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
		const gets = linkVectors.filter(({ method }) => method === "GET");
		const { disagreements } = await compare(gets.map(targetBytes));
		expect(disagreements).toEqual([]);
	});
});

const KEY = createKey("link", LINK_SECRET);
const OWN_KEY = createKey("own", OWN_SECRET);
const PATHS = [
	"/cache/files/data/doc1/Editor.bin/a.docx",
	"/cache/files/data/k-1_2=/output.docx/My%20File%20(1).docx",
	"/cache/files/d/%D0%94%D0%BE%D0%BA.docx/100%25.docx",
	"/cache/files/data/doc1/media/image1.png/image1.png",
];
const PATH_PIECES = [
	"/",
	"//",
	"/./",
	"/../",
	"%2f",
	"%2F",
	"%2e",
	"..",
	"%2e%2e",
	".",
	"%25",
	"%3f",
	"%23",
	"%5c",
	"\\",
	";",
	"+",
	"%20",
	"%00",
	"%zz",
	"%",
	"%0a",
	"%0d",
	"%c3%a9",
	"\xc3\xa9",
	"%ff",
	"%C5%BF",
	"A",
	"a",
	"%61",
	"~",
	"(",
	"é",
	"/9.1.0-2",
	"cache/files/",
	"|",
	"'",
	"[",
	"*",
	"@",
	":",
	",",
];
const QUERY_PIECES = [
	"&",
	"=",
	"?",
	"#",
	"%26",
	"%3d",
	",",
	"md5=",
	"MD5=",
	"expires=",
	"&md5=",
	"&x=1",
	"%6dd5=",
	"+",
	"%20",
	" ",
	"-",
	"_",
	"0",
	"1",
	"a",
	"Z",
	"==",
	"&&",
	";",
	"%00",
	"%zz",
	"[]",
	"\\",
	"'",
];
const EXPIRES = [
	"4102444800",
	"4102444800",
	"4102444800",
	"1600000000",
	"0",
	"-1",
	"04102444800",
	"9223372036854775807",
	"9223372036854775808",
	"1e10",
	"4102444800.0",
	"",
	"4102444800000",
];

/** Makes a link in SHA-256 for a path with up to two edits, with a file name at times. */
async function ownLink(random: Random): Promise<string> {
	let path = pick(random, PATHS);
	for (let edits = Math.floor(random() * 3); edits > 0; edits--) path = edit(path, PATH_PIECES, random);
	const judged = normalisedTarget(path.replace(/[?#].*$/s, ""));
	const uri = (judged && nginxUri(judged)) ?? path;
	const expires = random() < 0.9 ? "4102444800" : pick(random, EXPIRES);
	const sha256 = await signSha256Link({ host: HOST, uri, expires, network: "" }, OWN_KEY);
	const filename = random() < 0.5 ? "&filename=a.docx" : "";
	return `${path}?sha256=${sha256}&expires=${expires}${filename}`;
}

/** Makes a right link, or one with up to three edits in its path and two in its query. */
function mutate(random: Random): string {
	let path = pick(random, PATHS);
	for (let edits = Math.floor(random() * 4); edits > 0; edits--) path = edit(path, PATH_PIECES, random);
	if (!path.startsWith("/")) path = `/${path}`;
	const expires = pick(random, EXPIRES);
	const judged = normalisedTarget(path.replace(/[?#].*$/s, ""));
	const uri = (judged && nginxUri(judged)) ?? path;
	const md5 = signSecureLink(random() < 0.85 ? uri : path, expires, KEY);
	const args = [`md5=${md5}`, `expires=${expires}`, ...(random() < 0.5 ? ["filename=a.docx"] : [])];
	if (random() < 0.3) args.reverse();
	let query = args.join("&");
	for (let edits = random() < 0.5 ? 0 : 1 + Math.floor(random() * 2); edits > 0; edits--) {
		query = edit(query, QUERY_PIECES, random);
	}
	return `${path}?${query}`;
}

/** Inserts, replaces or removes characters at a random position. */
function edit(text: string, pieces: readonly string[], random: Random): string {
	const at = Math.floor(random() * (text.length + 1));
	const removed = Math.floor(random() * 3);
	return text.slice(0, at) + (random() < 0.8 ? pick(random, pieces) : "") + text.slice(at + removed);
}
