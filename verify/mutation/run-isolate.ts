/**
 * Starts one isolate with the tests of an area, and hands on what it tells. An isolate that goes silent is ended.
 */
import { fork } from "node:child_process";
import type { Event, Job } from "./job.ts";

/** Each test has its own limit. Only a loop without an end, or an isolate that is gone, is silent for so long. */
const SILENCE_MS = 120_000;

/**
 * @param folder a scratch copy with its switches
 * @param deadlineMs time of the process's clock at which the isolate is ended
 * @returns when the isolate has ended
 */
export function runIsolate(
	folder: string,
	job: Job,
	deadlineMs: number,
	onEvent: (event: Event) => void,
): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const vitest = fork(
		"node_modules/vitest/vitest.mjs",
		["run", "--config", "verify/mutation/vitest.config.ts"],
		{
			cwd: folder,
			env: { ...process.env, MUTATION_JOB: JSON.stringify(job), CLOUDFLARE_CF_FETCH_ENABLED: "false" },
			execArgv: [],
			// A group of its own, so that its end takes workerd with it.
			detached: true,
			stdio: ["ignore", "ignore", "ignore", "ipc"],
		},
	);
	const end = () => {
		if (vitest.pid === undefined) return;
		try {
			process.kill(-vitest.pid, "SIGKILL");
		} catch {
			// The group has ended.
		}
	};
	let silence = setTimeout(end, SILENCE_MS);
	const late =
		deadlineMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(end, deadlineMs - performance.now());
	vitest.on("message", (event: Event) => {
		clearTimeout(silence);
		silence = setTimeout(end, SILENCE_MS);
		try {
			onEvent(event);
		} catch (error) {
			reject(error);
			end();
		}
	});
	vitest.on("exit", () => {
		clearTimeout(silence);
		clearTimeout(late);
		end();
		resolve();
	});
	return promise;
}
