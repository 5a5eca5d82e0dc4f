/**
 * The check of a change of secrets under load. Protects against a check that lets a refused client pass.
 */
import { describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { rotate } from "../../../verify/rotation/rotate.ts";
import { MISTAKES, STEPS, type Step } from "../../../verify/rotation/steps.ts";
import { hasNginx } from "../support/nginx.ts";

const deadlineMs = Number.POSITIVE_INFINITY;
const run = async (steps: readonly Step[], more = {}) =>
	rotate({
		bundle: await readBundle(),
		steps,
		requests: 500,
		editors: 6,
		deadlineMs,
		seed: 1,
		say: () => undefined,
		...more,
	});

describe.runIf(hasNginx)("a change of secrets", () => {
	it("by the four steps refuses nobody", async () => {
		const { requests, editors, connects, refused } = await run(STEPS);
		expect([...refused]).toEqual([]);
		expect([requests, editors]).toEqual([500, 12]);
		// Editors of the old secret connect in four steps, those of the new one in two.
		expect(connects).toBeGreaterThanOrEqual(6 * 4 + 6 * 2);
	});
	it.each(MISTAKES)("$name: every request is refused", async (mistake) => {
		const { requests, refused } = await run([mistake], { requests: 100, editors: 0 });
		expect([...refused.values()].reduce((sum, times) => sum + times, 0)).toBe(requests);
	});
	it("that drops the old secret too early refuses every kind of client", async () => {
		const end = STEPS.at(-1)?.bindings ?? {};
		const steps = STEPS.map((step) => (step.name.startsWith("3.") ? { ...step, bindings: end } : step));
		const { refused } = await run(steps);
		const kinds = [...refused.keys()].join("\n");
		for (const client of ["a file", "an upload of the editor", "a command", "a conversion", "CONNECT"])
			expect(kinds).toContain(`3. move the integrations: ${client} with the old secret`);
		expect(kinds).toContain("3. move the integrations: an editor does not get in");
		expect(kinds).not.toContain("the new secret");
	});
	it("past its deadline goes through all steps with few requests, and counts these", async () => {
		const { requests, refused } = await run(STEPS, { requests: 50_000, editors: 0, deadlineMs: 0 });
		expect([...refused]).toEqual([]);
		expect(requests).toBeGreaterThan(0);
		expect(requests).toBeLessThan(1000);
	});
});
