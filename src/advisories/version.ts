/**
 * Compares versions of the Document Server: `9.3.1`, or `9.3.1.42` with its build.
 */
const VERSION = /^\d{1,4}(?:\.\d{1,4}){1,3}$/;

export const isVersion = (text: string): boolean => VERSION.test(text);

/** Whether the first version is older than the second. */
export function isOlder(version: string, than: string): boolean {
	const [mine, other] = [version, than].map((text) => text.split(".").map(Number));
	for (const [at, part] of (other ?? []).entries()) {
		const difference = (mine?.[at] ?? 0) - part;
		if (difference !== 0) return difference < 0;
	}
	return false;
}
