/**
 * Which origins are worth asking. After repeated failures the edge asks the origin itself whether it is
 * there: a client whose requests alone fail must not take the origin away from everybody else. If it is
 * not, nobody waits for it until it answers again.
 *
 * Each isolate sees for itself, and forgets when it ends.
 */

/** One of two refused connections may be chance; five in a row are not. */
const FAILURES_LIMIT = 5;
/** How long an origin is left alone between two looks at it. */
const OPEN_SECONDS = 10;

export interface Circuit {
	/** Those of the origins that may be asked, in their order; looks first at one that was left alone long enough. */
	readonly admit: (bases: readonly string[], nowMs: number) => readonly string[] | Promise<readonly string[]>;
	readonly succeed: (base: string) => void;
	/** @returns settles when it is known whether the origin is there */
	readonly fail: (base: string, nowMs: number) => Promise<void>;
}

/** @param isThere asks an origin for its health; whatever it answers, it is there */
export function createCircuit(isThere: (base: string) => Promise<boolean>): Circuit {
	const failures = new Map<string, number>();
	/** Until when an origin is left alone. */
	const open = new Map<string, number>();
	const look = async (base: string, nowMs: number): Promise<void> => {
		// Whoever comes meanwhile does not look as well.
		if (open.has(base)) open.set(base, nowMs + OPEN_SECONDS * 1000);
		failures.delete(base);
		if (await isThere(base)) open.delete(base);
		else open.set(base, nowMs + OPEN_SECONDS * 1000);
	};
	return {
		admit: (bases, nowMs) => {
			if (open.size === 0) return bases;
			const due = bases.filter((base) => (open.get(base) ?? Infinity) <= nowMs);
			return Promise.all(due.map((base) => look(base, nowMs))).then(() =>
				bases.filter((base) => !open.has(base)),
			);
		},
		succeed: (base) => void failures.delete(base),
		fail: async (base, nowMs) => {
			const count = (failures.get(base) ?? 0) + 1;
			failures.set(base, count);
			if (count >= FAILURES_LIMIT) await look(base, nowMs);
		},
	};
}
