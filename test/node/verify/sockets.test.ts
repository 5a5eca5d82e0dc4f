/**
 * The comparison of sockets with a real socket.io server, and that it notices faults in the edge.
 */
import { beforeAll, expect, it } from "vitest";
import { compareSockets } from "../../../verify/promises/sockets.ts";
import { readableWorker, sizeOf, withFault } from "./planted-fault.ts";

let worker: string;
beforeAll(async () => {
	worker = await readableWorker();
});

it("agrees on some sequences", async () => {
	expect(await compareSockets(worker, sizeOf(60))).toMatchObject({ isKept: true, findings: [] });
});

const LET_PASS = "the edge let pass what the server refuses";
it.each([
	[
		"a bad token passes by WebSocket",
		"if (!checked.ok) return answer(credential.carrier, checked);",
		"if (!checked.ok) return { do: 'pass', frame };",
		LET_PASS,
	],
	[
		"a bad token passes by polling",
		"forwarded[index] = checked.ok ?",
		"if (checked.ok) forwarded[index] = checked.ok ?",
		LET_PASS,
	],
	["a refusal has other words", "not authorized", "refused", "other packets"],
])("%s: found", async (_, line, fault, finding) => {
	const outcome = await compareSockets(withFault(worker, line, fault), sizeOf(2000));
	expect(outcome.isKept).toBe(false);
	expect(outcome.findings[0]).toContain(finding);
});
