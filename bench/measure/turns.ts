/**
 * Measures several entrants in many short slices, in an order that changes from round to round. A fixed order would
 * always give one entrant the same neighbour, and its garbage and warm caches.
 */

/** @returns the figures of each entrant, one per round */
export async function takeTurns<Name extends string, Figure>(
	names: readonly Name[],
	rounds: number,
	measure: (name: Name) => Promise<Figure>,
): Promise<Record<Name, Figure[]>> {
	const figures = Object.fromEntries(names.map((name) => [name, [] as Figure[]])) as Record<Name, Figure[]>;
	for (let round = 0; round < rounds; round++) {
		for (const name of orderOf(names, round)) figures[name].push(await measure(name));
	}
	return figures;
}

/** Two rounds begin at the same entrant, and the second goes backwards. The next two begin at the next one. */
export function orderOf<Name>(names: readonly Name[], round: number): Name[] {
	const first = Math.floor(round / 2) % Math.max(1, names.length);
	const order = [...names.slice(first), ...names.slice(0, first)];
	return round % 2 === 0 ? order : order.toReversed();
}
