/**
 * Ends what a check has started, also if the check fails: a process that is left behind would disturb the next check.
 */

export type Later = (cleanup: () => unknown) => void;

/** @param act passes each cleanup to `later`; they run in reverse order */
export async function withCleanup<Result>(act: (later: Later) => Promise<Result>): Promise<Result> {
	const cleanups: (() => unknown)[] = [];
	try {
		return await act((cleanup) => cleanups.push(cleanup));
	} finally {
		for (const cleanup of cleanups.reverse()) await cleanup();
	}
}

/** Stops it in the end, unless the check has stopped it before. */
export async function started<Running extends { readonly stop: () => unknown }>(
	starting: Promise<Running>,
	later: Later,
): Promise<Running & { readonly stop: () => Promise<void> }> {
	const running = await starting;
	let stopped: Promise<void> | undefined;
	const stop = () => {
		stopped ??= Promise.resolve(running.stop()).then(() => undefined);
		return stopped;
	};
	later(stop);
	return { ...running, stop };
}
