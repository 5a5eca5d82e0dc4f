/**
 * Whatever an origin or a client does wrong, each request gets its answer, and other clients are served.
 */
import { seeded } from "../../test/random.ts";
import { builtBundle } from "../bundle.ts";
import { CELLS } from "../faults/cells.ts";
import { runProduct } from "../faults/product.ts";
import type { Promised } from "../promise.ts";
import { shuffled } from "../shuffled.ts";

const MOST_FINDINGS = 20;

export const FAULTS: Promised = {
	name: "faults",
	promise: "failing origins and clients: the right answer, no hang, and others are served",
	method: "every kind of origin × every kind of route × every kind of client, through the bundle in workerd",
	// Clients at once in each combination. Five failures open a circuit.
	small: 6,
	long: 24,
	run: async ({ amount, deadlineMs, seed }) => {
		const cells = shuffled(seeded(seed), CELLS);
		const product = await runProduct({ source: await builtBundle(), cells, times: amount, deadlineMs });
		const { findings } = product;
		const isAll = product.cells === CELLS.length;
		const combinations = isAll ? `all ${CELLS.length}` : `${product.cells} of ${CELLS.length}`;
		const wrong = findings.length === 0 ? "each answer right" : `${findings.length} wrong`;
		return {
			isKept: findings.length === 0,
			figure: `${combinations} combinations, ${product.requests.toLocaleString("en")} requests, ${wrong}; ${product.served.toLocaleString("en")} clients without a fault served`,
			findings: findings.toSorted((one, other) => one.length - other.length).slice(0, MOST_FINDINGS),
		};
	},
};
