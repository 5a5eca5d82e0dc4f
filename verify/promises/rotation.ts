/**
 * A change of secrets by the four steps of `docs/rotation.md` refuses nobody.
 */
import { builtBundle } from "../bundle.ts";
import type { Promised } from "../promise.ts";
import { type Rotated, rotate } from "../rotation/rotate.ts";
import { MISTAKES, STEPS } from "../rotation/steps.ts";

const EDITORS = 30;
const CONTROL_REQUESTS = 200;
const MOST_FINDINGS = 20;

export const ROTATION: Promised = {
	name: "rotation",
	promise: "rotation without a refusal",
	method: `the four steps under load, each a new edge beside the last, before a real nginx, a token checker and a socket.io server that get new secrets; as a control, ${MISTAKES.length} wrong steps have to refuse every request`,
	small: 20_000,
	long: 1_000_000,
	run: async ({ amount, deadlineMs, seed, say }) => {
		const common = { bundle: await builtBundle(), seed, say };
		const findings: string[] = [];
		let refusedControls = 0;
		for (const mistake of MISTAKES) {
			const control = { steps: [mistake], requests: CONTROL_REQUESTS, editors: 0 };
			const refused = countRefused(
				await rotate({ ...common, ...control, deadlineMs: Number.POSITIVE_INFINITY }),
			);
			refusedControls += refused;
			if (refused < CONTROL_REQUESTS)
				findings.push(`control, ${mistake.name}: only ${refused} of ${CONTROL_REQUESTS} were refused`);
		}
		const rotated = await rotate({
			...common,
			steps: STEPS,
			requests: amount,
			editors: EDITORS,
			deadlineMs,
		});
		findings.push(...[...rotated.refused].map(([what, times]) => `${times} × ${what}`));
		const { requests, editors, connects } = rotated;
		const sent = requests.toLocaleString("en");
		const counted = requests < amount ? `${sent} of ${amount.toLocaleString("en")}` : sent;
		const controls = MISTAKES.length * CONTROL_REQUESTS;
		return {
			isKept: findings.length === 0,
			figure: `${counted} requests, ${editors} editors let in ${connects} times: ${countRefused(rotated) || "none"} refused; after wrong steps ${refusedControls} of ${controls} refused`,
			findings: findings.slice(0, MOST_FINDINGS),
		};
	},
};

const countRefused = ({ refused }: Rotated): number =>
	[...refused.values()].reduce((total, count) => total + count, 0);
