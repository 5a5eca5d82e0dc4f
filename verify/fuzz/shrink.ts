/**
 * Makes an input smaller while it still shows the same: drops ever smaller pieces, then makes characters plain.
 */

const PLAIN = "a";
const MOST_TRIES = 3000;

/** @param shows whether a smaller input still shows it; asked a few thousand times at most */
export async function shrink(
	input: string,
	shows: (smaller: string) => boolean | Promise<boolean>,
): Promise<string> {
	let smallest = input;
	let tries = 0;
	const take = async (candidate: string): Promise<boolean> => {
		if (candidate === smallest || tries++ > MOST_TRIES || !(await shows(candidate))) return false;
		smallest = candidate;
		return true;
	};
	for (let before = ""; before !== smallest; ) {
		before = smallest;
		for (let size = Math.ceil(smallest.length / 2); size > 0; size = size > 1 ? Math.ceil(size / 2) : 0) {
			for (let at = 0; at < smallest.length; ) {
				const dropped = smallest.slice(0, at) + smallest.slice(at + size);
				if (!(await take(dropped))) at += size;
			}
		}
	}
	for (let at = 0; at < smallest.length; at++)
		await take(smallest.slice(0, at) + PLAIN + smallest.slice(at + 1));
	return smallest;
}
