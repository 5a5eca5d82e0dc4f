/**
 * `docs-edge status`: asks one isolate of the edge for its state and its counts, and writes them as lines. Another isolate
 * has other numbers.
 */
import type { Problem } from "../config/host.ts";
import type { Key } from "../config/secrets/key-ring.ts";
import type { Warning } from "../config/secrets/secret-health.ts";
import { FAULTS } from "../verdict.ts";
import { askEdge } from "./ask-edge.ts";

type Counts = Readonly<Record<string, number>>;

/** The body of `/.edge/status`. */
export interface Status {
	readonly version: string;
	readonly mode: string;
	/** Absent at an edge before 0.3. */
	readonly shadowRoutes?: readonly string[];
	readonly tokenEnabled?: Readonly<Record<"inbox" | "browser" | "outbox", boolean>>;
	readonly since: string;
	readonly problems: readonly Problem[];
	readonly warnings: readonly Warning[];
	readonly rateLimits: readonly string[];
	readonly lockdown: boolean;
	/** Number of decisions by route, then by `accept`, the reason of the refusal, or the fault behind the edge. */
	readonly verdicts: Readonly<Record<string, Counts>>;
	readonly keysLastUsed: Readonly<Record<string, string>>;
	readonly clockAheadSeconds: number | null;
	readonly notRecorded: Counts;
}

/**
 * @param key the edge's `STATUS_SECRET`
 * @throws unless the edge answers
 */
export const askStatus = async (edge: string, key: Key, nowSeconds: number): Promise<Status> =>
	(await askEdge(edge, "/.edge/status", key, nowSeconds)) as unknown as Status;

/** Whether an operator has to do something. */
export const isFine = ({ problems, lockdown, verdicts }: Status): boolean =>
	problems.length === 0 &&
	!lockdown &&
	Object.values(verdicts).every((counts) => failed(counts).length === 0);

export function describeStatus(status: Status): string[] {
	const { version, mode, shadowRoutes = [], since, problems, warnings, rateLimits, lockdown } = status;
	const shadowed = shadowRoutes.length > 0 ? `, in shadow mode: ${shadowRoutes.join(", ")}` : "";
	const facts = [
		["version", version],
		["mode", mode + shadowed],
		["since", since],
		["problems", problems.map(({ binding, problem }) => `${binding} ${problem}`).join("; ")],
		["warnings", warnings.map(({ binding, key, warning }) => `${binding}: ${key} ${warning}`).join("; ")],
		["rate limits", rateLimits.join(", ")],
		["lockdown", lockdown ? "yes: protected routes answer 503" : "no"],
		["clock", describeClock(status.clockAheadSeconds)],
		["not recorded", listed(Object.entries(status.notRecorded))],
	];
	const keys = Object.entries(status.keysLastUsed);
	return [
		...columns(facts.map(([name = "", text]) => [name, text || "none"])),
		"",
		...columns([["route", "accepted", "refused", "failed behind the edge"], ...routeRows(status.verdicts)]),
		"",
		...columns([["key", "last used"], ...(keys.length > 0 ? keys : [["none", ""]])]),
	];
}

const describeClock = (seconds: number | null): string =>
	seconds === null ? "no token had a time" : `a token was at most ${seconds} s ahead of the edge`;

const routeRows = (verdicts: Status["verdicts"]): string[][] =>
	Object.entries(verdicts).map(([route, counts]) => {
		const { accept = 0, ...others } = counts;
		const failures = failed(counts);
		const refusals = Object.entries(others).filter((entry) => !failures.some(([name]) => name === entry[0]));
		return [route, String(accept), listed(refusals), listed(failures)];
	});

const failed = (counts: Counts): [string, number][] =>
	Object.entries(counts).filter(([name]) => FAULTS.some((fault) => fault === name));

const listed = (counts: readonly [string, number][]): string =>
	counts.map(([name, count]) => `${count} ${name}`).join(", ") || "-";

function columns(rows: readonly (readonly string[])[]): string[] {
	const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
	return rows.map((row) =>
		row
			.map((cell, at) => cell.padEnd(widths[at] ?? 0))
			.join("  ")
			.trimEnd(),
	);
}
