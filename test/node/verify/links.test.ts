/**
 * The comparison with a live nginx notices faults in the edge. `live-nginx.test.ts` runs it with the right edge.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { compareLinks } from "../../../verify/promises/links.ts";
import { hasNginx } from "../support/nginx.ts";
import { readableWorker, sizeOf, withFault } from "./planted-fault.ts";

let worker: string;
beforeAll(async () => {
	worker = await readableWorker();
});

describe.runIf(hasNginx)("an edge that", () => {
	it.each([
		[
			"accepts any signature",
			"claimed.charCodeAt(at) ^ right.charCodeAt(at)",
			"0",
			"forwarded what nginx refuses",
		],
		[
			"accepts expired links",
			"if (lifetimeSeconds < 0)",
			"if (lifetimeSeconds < -1e12)",
			"forwarded what nginx refuses",
		],
		["minds the case of names", ".toLowerCase() === name", "=== name", "nginx"],
		[
			"compares spare bits",
			"claimed = md52.slice(0, 21) + last",
			"claimed = md52.slice(0, 22)",
			"refused what nginx accepts",
		],
	])("%s is found", async (_, line, fault, finding) => {
		const outcome = await compareLinks(withFault(worker, line, fault), sizeOf(3000));
		expect(outcome.isKept).toBe(false);
		expect(outcome.findings[0]).toContain(finding);
	});
});
