/**
 * The search for canaries, and an edge that leaks on purpose. Protects against a search that would not see a leak.
 */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { REASONS } from "../../../src/reply/catalogue.ts";
import { outcomeOf, type Searched } from "../../../verify/promises/secrets.ts";
import { createCanaries } from "../../../verify/secrets/canaries.ts";
import { makeSecrets } from "../../../verify/secrets/configuration.ts";
import { createKit } from "../../../verify/secrets/requests/kit.ts";
import { createSearch } from "../../../verify/secrets/search.ts";
import { searchEdge } from "../../../verify/secrets/search-edge.ts";
import { seeded } from "../../random.ts";

const SECRET = 'Zk4Wq8Jr2Xn6Lt9Bc3Hv7Dm5/+%"é end';
const bytes = Buffer.from(SECRET);

describe("a secret is found", () => {
	it.each([
		["as it is", SECRET],
		["its beginning", SECRET.slice(0, 8)],
		["its end", SECRET.slice(-8)],
		["reversed", [...SECRET].reverse().join("")],
		["in base64", bytes.toString("base64")],
		["in base64, behind one character", btoa(`a${bytes.toString("latin1")}z`)],
		["in base64url, behind two characters", Buffer.from(`ab${SECRET}z`).toString("base64url")],
		["in hex", bytes.toString("hex")],
		["in a URL", encodeURIComponent(SECRET)],
		["in a form", new URLSearchParams({ x: SECRET }).toString()],
		["in JSON", JSON.stringify({ x: SECRET })],
		["its MD5", createHash("md5").update(SECRET).digest("hex")],
	])("%s", (_, output) => {
		const search = createSearch();
		search.plant("secret", "JWT_SECRET", SECRET);
		search.look("log", `before ${output} behind`);
		const { leaks } = search.result();
		expect(leaks.length).toBeGreaterThan(0);
		for (const leak of leaks) expect(leak).not.toContain(output);
	});
	it("only where it is not allowed", () => {
		const search = createSearch();
		search.plant("secret", "JWT_SECRET", SECRET);
		search.look("import --format secrets", SECRET);
		expect(search.result().leaks).toEqual([]);
		search.look("import --json", SECRET);
		expect(search.result().leaks.length).toBeGreaterThan(0);
	});
});

describe("an edge", () => {
	const searched = async (bundle: string) => {
		const search = createSearch();
		const canaries = createCanaries(search, seeded(1));
		const secrets = makeSecrets(canaries);
		const kit = createKit(canaries, secrets);
		kit.send(kit.link("/cache/files/data/k/a.docx", secrets.values.SECURE_LINK_SECRET));
		const bindings = { ...secrets.bindings, ORIGIN: "http://127.0.0.1:9" };
		const run = { bundle, kit, search, isOver: () => false };
		await searchEdge({ name: "edge", options: { bindings } }, kit.requests, run);
		return search.result();
	};
	const LEAKING = `
const leaking = {
	async fetch(request, env, context) {
		console.log(btoa(env.ORIGIN_SECURE_LINK_SECRET));
		console.log(request.url);
		const answer = await edge.fetch(request, env, context);
		if (answer.webSocket) return answer;
		const headers = [...answer.headers, ["x", env.STATUS_SECRET.slice(10, 40)]];
		return new Response(answer.body, { status: answer.status, headers });
	},
};
export { leaking as default };`;

	it("that leaks nothing is searched, and each leak of one that leaks is found", async () => {
		const bundle = await readBundle();
		const leaking = bundle.replace(
			/export\s*\{\s*([\w$]+) as default\s*\};?/,
			(_, worker) => `const edge = ${worker};${LEAKING}`,
		);
		const [tight, found] = await Promise.all([searched(bundle), searched(leaking)]);
		expect(tight.leaks).toEqual([]);
		expect(tight.outputs).toBeGreaterThan(20);
		const text = found.leaks.join("\n");
		expect(text).toMatch(/^edge: log: secret ORIGIN_SECURE_LINK_SECRET, base64/m);
		expect(text).toMatch(/^edge: log: credential signature of a link, plain/m);
		expect(text).toMatch(/^edge: reply to GET \S+ cache: secret STATUS_SECRET/m);
	});
});

describe("the outcome", () => {
	const RESULT = { canaries: 10, outputs: 20, characters: 30, leaks: [] };
	const searched = (more: Partial<Searched>): Searched => ({
		reasons: new Set(Object.keys(REASONS)),
		tools: 5,
		done: 3,
		parts: 3,
		...more,
	});
	const someReasons = new Set(["token_expired"]);
	it.each([
		["nothing was found", RESULT, {}, true],
		["a leak was found", { ...RESULT, leaks: ["log: secret JWT_SECRET"] }, {}, false],
		["a reason was not brought about", RESULT, { reasons: someReasons }, false],
		["the time was over before the end", RESULT, { reasons: someReasons, done: 1 }, true],
		["the time was over before the beginning", { ...RESULT, outputs: 0 }, { done: 0 }, false],
	] as const)("%s: %s", (_, result, more, isKept) => {
		expect(outcomeOf(result, searched(more)).isKept).toBe(isKept);
	});
	it("says how far it came", () => {
		expect(outcomeOf(RESULT, searched({ done: 1 })).figure).toMatch(/stopped early, after 1 of 3 parts$/);
	});
});
