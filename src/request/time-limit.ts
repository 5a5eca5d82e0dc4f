/**
 * A time limit for one step that the edge waits for: the client sends the next piece of its body, or the origin takes
 * a piece.
 *
 * Without a limit, a client that stops in the middle of its body holds a connection to the origin for ever. The limit
 * is per step, so a slow upload that goes on is never cut.
 */

/**
 * @param limitMs 0: no limit
 * @returns "late" if the step has not settled in time; the step goes on, and its outcome is ignored
 * @throws the error of the step
 */
export function within<T>(step: Promise<T>, limitMs: number): Promise<T | "late"> {
	if (limitMs === 0) return step;
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
