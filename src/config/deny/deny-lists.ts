/**
 * Keeps the deny lists of this isolate: `DENY`, which changes with a deployment, and `DENY_LIST`, a KV namespace that
 * `docs-edge deny` edits.
 *
 * A list outside the Worker is read again every 30 seconds, beside the requests. Requests wait only for the first
 * reading of an isolate, and for the first one after a pause: otherwise the first request after an hour would follow a list
 * of that age. An invalid list, or one that cannot be read, changes nothing: the last good one stays.
 */
import { within } from "../../request/time-limit.ts";
import type { Bindings } from "../bindings.ts";
import type { Problem } from "../host.ts";
import { type DenyList, readDenyList } from "./deny-list.ts";
import { type DenyRules, NO_DENY_RULES } from "./deny-rules.ts";

/** The key in the KV namespace. */
export const DENY_LIST_KEY = "deny";
export const REREAD_MS = 30_000;
/** Without a request for so long, the next request waits for the reading that it starts. */
const PAUSE_MS = 2 * REREAD_MS;
/** How long a request waits at most. */
export const WAIT_MS = 3000;

export interface DenyLists {
	/** Whether a list is outside the Worker, so that it can change while the isolate lives. */
	readonly mayChange: boolean;
	/** @param waitUntil keeps the Worker alive until the promise settles */
	readonly current: (
		nowMs: number,
		waitUntil: (work: Promise<unknown>) => void,
	) => DenyRules | Promise<DenyRules>;
}

/** @param onProblems called with the problems of a list when they change, for the log */
export function createDenyLists(
	env: Bindings,
	onProblems: (problems: readonly Problem[]) => void,
): DenyLists {
	const sources = [
		createSource("DENY", env.DENY, onProblems),
		createSource("DENY_LIST", env.DENY_LIST, onProblems),
	].filter((source) => source !== undefined);
	let rules = NO_DENY_RULES;
	let seen: readonly SourceState[] = [];
	const combine = (): DenyRules => {
		const states = sources.map(({ state }) => state());
		const isSame = states.length === seen.length && states.every((state, at) => state === seen[at]);
		if (isSame) return rules;
		seen = states;
		rules = {
			lists: states.flatMap(({ list }) => list ?? []),
			isHostDenied: false,
			isIncomplete: states.some(({ list }) => list === undefined),
			problems: states.flatMap(({ problems }) => problems),
		};
		return rules;
	};
	return {
		mayChange: sources.some(({ isOutside }) => isOutside),
		current: (nowMs, waitUntil) => {
			const first = sources.flatMap(({ refresh }) => refresh(nowMs, waitUntil) ?? []);
			return first.length === 0 ? combine() : Promise.all(first).then(combine);
		},
	};
}

interface SourceState {
	/** The last good list; `undefined`: none yet. */
	readonly list: DenyList | undefined;
	readonly problems: readonly Problem[];
}

interface Source {
	readonly isOutside: boolean;
	readonly state: () => SourceState;
	/** Reads the list if it is due. @returns a reading that the request has to wait for */
	readonly refresh: (
		nowMs: number,
		waitUntil: (work: Promise<unknown>) => void,
	) => Promise<unknown> | undefined;
}

type ReadValue = () => Promise<unknown>;

function createSource(
	binding: "DENY" | "DENY_LIST",
	value: unknown,
	onProblems: (problems: readonly Problem[]) => void,
): Source | undefined {
	if (value === undefined || value === "") return undefined;
	let state: SourceState = { list: undefined, problems: [] };
	let text: unknown;
	const report = (texts: readonly string[]) => {
		const isKnown = texts.length === state.problems.length;
		if (isKnown && texts.every((problem, at) => problem === state.problems[at]?.problem)) return;
		state = { ...state, problems: texts.map((problem) => ({ binding, problem })) };
		onProblems(state.problems);
	};
	const take = (read: unknown) => {
		if (read === text) return report([]);
		const list = read === null || read === "" ? readDenyList({}) : readDenyList(read);
		if (isProblems(list)) return report(list);
		text = read;
		state = { list, problems: [] };
	};
	const get = readerOf(binding, value);
	if (get === undefined) {
		if (binding === "DENY") take(value);
		else report(["is no KV namespace"]);
		return { isOutside: false, state: () => state, refresh: () => undefined };
	}
	let startedMs = Number.NEGATIVE_INFINITY;
	let reading: Promise<unknown> = Promise.resolve();
	let isAwaited = false;
	return {
		isOutside: true,
		state: () => state,
		refresh: (nowMs, waitUntil) => {
			if (nowMs - startedMs >= REREAD_MS) {
				isAwaited = nowMs - startedMs >= PAUSE_MS;
				startedMs = nowMs;
				reading = get().then(take, () => report([UNREADABLE]));
				waitUntil(reading);
			}
			if (!isAwaited) return undefined;
			// Each request has a timer of its own: the timer of a request whose client leaves would never end.
			return within(reading, WAIT_MS).then((outcome) => {
				isAwaited = false;
				if (outcome === "late") report([UNREADABLE]);
			});
		},
	};
}

const isProblems = (read: DenyList | readonly string[]): read is readonly string[] => Array.isArray(read);
const UNREADABLE = "cannot be read";

/** A KV namespace has `get(key)`, a secret of a Secrets Store has `get()`. */
function readerOf(binding: "DENY" | "DENY_LIST", value: unknown): ReadValue | undefined {
	const { get } = Object(value) as { get?: (key?: string) => Promise<unknown> };
	if (typeof get !== "function") return undefined;
	return async () => (binding === "DENY" ? get.call(value) : get.call(value, DENY_LIST_KEY));
}
