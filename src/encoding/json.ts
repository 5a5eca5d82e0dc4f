/**
 * JSON as this edge reads it from others: what is none is no error.
 */

/** @returns `undefined` for what is no JSON: no JSON value is that */
export function parseJson(text: unknown): unknown {
	try {
		return JSON.parse(String(text));
	} catch {
		return undefined;
	}
}

/** An object with members: no array, not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
