/**
 * A limit on one step of somebody else: a client that sends the next part of its body, an origin that takes it.
 *
 * Without it, a client that stops in the middle of its body holds a connection to the origin for as long as
 * it likes. The limit is for one step and not for the sum: a slow upload that goes on is never cut.
 */

/**
 * @returns "late" when the step has not settled in time; the step itself goes on, and its end is ignored
 * @throws what the step throws
 */
export function within<T>(step: Promise<T>, limitMs: number): Promise<T | "late"> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, limitMs, "late" as const);
		step.then(
			(value) => {
				clearTimeout(timer);
				resolve(value);
			},
			(error) => {
				clearTimeout(timer);
				reject(error);
			},
		);
	});
}
