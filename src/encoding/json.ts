/**
 * JSON from outside. Invalid JSON gives `undefined`, not an exception.
 */

/** @returns `undefined` for invalid JSON: no JSON value is `undefined` */
export function parseJson(text: unknown): unknown {
	try {
		return JSON.parse(String(text));
	} catch {
		return undefined;
	}
}

/** Whether the value is an object with members: not an array, not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
