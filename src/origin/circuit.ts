/**
 * Which origins are worth asking: a circuit breaker. Closed: every request goes to the origin. Open: none does, so
 * that no client waits for a server that is gone. Half-open: one request does. Any answer closes it.
 *
 * No client may open it for others. A failure counts only if its client cannot have caused it by breaking off or
 * by being slow, and if the origin has answered nobody since that request was sent. After five, the edge asks the
 * origin a question of its own. The circuit opens if that fails to connect. If it is only slow, the circuit
 * opens only where all five requests met silence too. Each isolate sees for itself.
 */

/** One of two refused connections may be chance; five in a row are not. */
const FAILURES_LIMIT = 5;
/** How long an open circuit keeps requests away before it lets the next one through. */
const OPEN_MS = 10_000;
/** The platform ends work of a request 30 s after its answer: a question that old will not be answered. */
const QUESTION_MS = 30_000;

/** How the origin took the edge's own question. */
export type Health = "answers" | "unreachable" | "silent";

export interface Failure {
	/** When the request was sent. */
	readonly sentMs: number;
	/** Whether its time ran out; else its connection failed. */
	readonly isSilence: boolean;
}

export interface Circuit {
	/** Those of the origins that may be asked, in their order; the first may be one whose turn it is to be tried. */
	readonly admit: (bases: readonly string[], nowMs: number, ask: Ask) => readonly string[];
	readonly succeed: (base: string, nowMs: number) => void;
	/** Only for failures that the client cannot have caused. */
	readonly fail: (base: string, failure: Failure, nowMs: number, ask: Ask) => void;
}

/** Asks the origin the edge's own question, in the background. */
export type Ask = (base: string, onHealth: (health: Health, nowMs: number) => void) => void;

interface State {
	/** Since the last answer. */
	failures: number;
	/** Of these: silence, and no failed connection. */
	silences: number;
	answeredMs: number;
	/** Until when nobody else asks. */
	askingUntilMs: number;
	/** When the next request is let through; `undefined`: the circuit is closed. */
	retryMs: number | undefined;
}

export function createCircuit(): Circuit {
	const states = new Map<string, State>();
	const stateOf = (base: string): State => {
		const state = states.get(base) ?? {
			failures: 0,
			silences: 0,
			answeredMs: Number.NEGATIVE_INFINITY,
			askingUntilMs: Number.NEGATIVE_INFINITY,
			retryMs: undefined,
		};
		states.set(base, state);
		return state;
	};
	const succeed: Circuit["succeed"] = (base, nowMs) => {
		const state = stateOf(base);
		state.failures = 0;
		state.silences = 0;
		state.answeredMs = nowMs;
		state.retryMs = undefined;
	};
	return {
		admit: (bases, nowMs, ask) => {
			const admitted: string[] = [];
			for (const base of bases) {
				const state = stateOf(base);
				if (state.retryMs === undefined) admitted.push(base);
				else if (state.retryMs <= nowMs && admitted.length === 0) {
					// Half-open. This request may be a bad one: the question beside it depends on no client.
					state.retryMs = nowMs + OPEN_MS;
					admitted.push(base);
					ask(base, (health, thenMs) => health === "answers" && succeed(base, thenMs));
				}
			}
			return admitted;
		},
		succeed,
		fail: (base, { sentMs, isSilence }, nowMs, ask) => {
			const state = stateOf(base);
			if (sentMs < state.answeredMs) return;
			state.failures++;
			if (isSilence) state.silences++;
			const isWorthAsking = state.retryMs === undefined && state.askingUntilMs <= nowMs;
			if (state.failures < FAILURES_LIMIT || !isWorthAsking) return;
			state.askingUntilMs = nowMs + QUESTION_MS;
			const { answeredMs } = state;
			ask(base, (health, thenMs) => {
				state.askingUntilMs = Number.NEGATIVE_INFINITY;
				if (health === "answers") return succeed(base, thenMs);
				// A client has got an answer meanwhile.
				if (state.answeredMs !== answeredMs) return;
				const isGone = health === "unreachable" || state.silences === state.failures;
				if (isGone) state.retryMs = thenMs + OPEN_MS;
				else state.failures = state.silences = 0;
			});
		},
	};
}
