/**
 * Works on many items, a fixed number at a time.
 */

/** @returns the results in the order of the items; rejects with the first error */
export async function inParallel<Item, Result>(
	items: readonly Item[],
	atOnce: number,
	work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = [];
	let next = 0;
	const worker = async () => {
		for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as Item);
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	return results;
}
