/**
 * The search for ways round the edge, and that it notices faults in the edge's routing.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { guardHandlers } from "../../../verify/promises/bypass.ts";
import { hasNginx } from "../support/nginx.ts";
import { readableWorker, sizeOf, withFault } from "./planted-fault.ts";

let worker: string;
beforeAll(async () => {
	worker = await readableWorker();
});

describe.runIf(hasNginx)("the handlers of a Document Server", () => {
	it("are reached with a good credential only", async () => {
		expect(await guardHandlers(worker, sizeOf(300))).toMatchObject({
			isKept: true,
			findings: [],
		});
	});
	it.each([
		["routes mind the case of letters", '/?$`, "i")', "/?$`)"],
		["a slash at the end hides a route", '/?$`, "i")', '$`, "i")'],
		[
			"a version prefix is not dropped",
			"const prefix = VERSION_PREFIX.exec(uri)?.[0];",
			"const prefix = undefined;",
		],
		["paths are not decoded", "const uri = nginxUri(path);", "const uri = path;"],
	])("%s: found", async (_, line, fault) => {
		const outcome = await guardHandlers(withFault(worker, line, fault), sizeOf(4000));
		expect(outcome.isKept).toBe(false);
		expect(outcome.findings[0]).toMatch(/reached [\w-]+ without a good credential/);
	});
});
