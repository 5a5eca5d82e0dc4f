/**
 * A circuit breaker: keeps requests away from an origin that is down, so that no client waits for it in vain.
 *
 * No client may open the circuit for the others. A failed request counts only if its client cannot have caused the
 * failure. It does not count if the origin has responded to any client since the request was sent. After five failed
 * requests the edge runs a health check. The circuit opens if the check cannot connect, or if the check and all five
 * requests timed out. Each isolate has its own circuits.
 */

/** One of two refused connections may be chance. Five in a row are not. */
const FAILURES_LIMIT = 5;
/** An open circuit keeps requests away for this long. Then it is half-open and lets one through. */
const OPEN_MS = 10_000;
/** The platform ends background work 30 s after the response. Then the check has no result, and a new one may start. */
const HEALTH_CHECK_MS = 30_000;

/** The result of a health check. */
export type Health = "answers" | "unreachable" | "silent";

export interface FailedRequest {
	/** Unix time in milliseconds at which the request was sent. */
	readonly sentMs: number;
	/** `true`: the origin did not answer in time. `false`: the connection failed. */
	readonly isSilence: boolean;
}

export interface Circuit {
	/** @returns the origins that may be asked now, in the given order; the first may be half-open */
	readonly admit: (originUrls: readonly string[], nowMs: number, ask: AskHealth) => readonly string[];
	readonly succeed: (originUrl: string, nowMs: number) => void;
	/** Call this only for failures that the client cannot have caused: else a client could open the circuit. */
	readonly fail: (originUrl: string, failed: FailedRequest, nowMs: number, ask: AskHealth) => void;
}

/** Starts a health check in the background. */
export type AskHealth = (originUrl: string, onHealth: (health: Health, nowMs: number) => void) => void;

interface State {
	/** Failed requests since the last response. */
	failures: number;
	/** The failures among them in which the origin was silent. */
	silences: number;
	/** Time of the last response. */
	respondedMs: number;
	/** A second health check does not start before this time. */
	checkingUntilMs: number;
	/** When the open circuit lets one request through; `undefined`: the circuit is closed. */
	retryMs: number | undefined;
}

export function createCircuit(): Circuit {
	const states = new Map<string, State>();
	const stateOf = (originUrl: string): State => {
		const state = states.get(originUrl) ?? {
			failures: 0,
			silences: 0,
			respondedMs: Number.NEGATIVE_INFINITY,
			checkingUntilMs: Number.NEGATIVE_INFINITY,
			retryMs: undefined,
		};
		states.set(originUrl, state);
		return state;
	};
	const succeed: Circuit["succeed"] = (originUrl, nowMs) => {
		const state = stateOf(originUrl);
		state.failures = 0;
		state.silences = 0;
		state.respondedMs = nowMs;
		state.retryMs = undefined;
	};
	return {
		admit: (originUrls, nowMs, ask) => {
			const admitted: string[] = [];
			for (const originUrl of originUrls) {
				const state = stateOf(originUrl);
				if (state.retryMs === undefined) admitted.push(originUrl);
				else if (state.retryMs <= nowMs && admitted.length === 0) {
					// Half-open. The client's request may itself be bad, so a health check runs beside it.
					state.retryMs = nowMs + OPEN_MS;
					admitted.push(originUrl);
					ask(originUrl, (health, thenMs) => health === "answers" && succeed(originUrl, thenMs));
				}
			}
			return admitted;
		},
		succeed,
		fail: (originUrl, { sentMs, isSilence }, nowMs, ask) => {
			const state = stateOf(originUrl);
			if (sentMs < state.respondedMs) return;
			state.failures++;
			if (isSilence) state.silences++;
			const mayCheck = state.retryMs === undefined && state.checkingUntilMs <= nowMs;
			if (state.failures < FAILURES_LIMIT || !mayCheck) return;
			state.checkingUntilMs = nowMs + HEALTH_CHECK_MS;
			const { respondedMs } = state;
			ask(originUrl, (health, thenMs) => {
				state.checkingUntilMs = Number.NEGATIVE_INFINITY;
				if (health === "answers") return succeed(originUrl, thenMs);
				// The origin responded to a client during the check, so it is up.
				if (state.respondedMs !== respondedMs) return;
				const isDown = health === "unreachable" || state.silences === state.failures;
				if (isDown) state.retryMs = thenMs + OPEN_MS;
				else state.failures = state.silences = 0;
			});
		},
	};
}
