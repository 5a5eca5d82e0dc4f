/**
 * The comparison of tokens with the server's library, in Node and in workerd, and that it notices faults in the edge.
 */
import { beforeAll, expect, it } from "vitest";
import { compareTokens, TOKEN_WORKER } from "../../../verify/promises/tokens.ts";
import { readableWorker, sizeOf, withFault } from "./planted-fault.ts";

let worker: string;
beforeAll(async () => {
	worker = await readableWorker(TOKEN_WORKER);
});

it("agrees on some tokens", async () => {
	expect(await compareTokens(worker, sizeOf(800))).toMatchObject({ isKept: true, findings: [] });
});

it.each([
	["spare bits of signatures pass", "[AEIMQUYcgkosw048]", "[\\w-]", "accepted, server: refused"],
	[
		"one second of tolerance is missing",
		"nowSeconds >= exp + toleranceSeconds",
		"nowSeconds > exp + toleranceSeconds",
		"accepted, server: expired",
	],
	[
		"JSON in JSON is not read",
		"nested !== null ? nested : payload",
		"nested !== null ? payload : payload",
		"server: ",
	],
])("%s: found", async (_, line, fault, finding) => {
	const outcome = await compareTokens(withFault(worker, line, fault), sizeOf(20_000));
	expect(outcome.isKept).toBe(false);
	expect(outcome.findings[0]).toContain("edge in workerd");
	expect(outcome.findings[0]).toContain(finding);
});
