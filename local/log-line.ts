/**
 * The lines that `npm start` prints: for a person on a terminal, JSON in a file or a pipe.
 *
 *   LOG_FORMAT=json npm start
 *
 * A line on a terminal:
 *
 *   12:34:56  403  GET   cached-file  link_expired  3 ms  expired 12 s ago
 */
import { styleText } from "node:util";

export type LogFormat = "text" | "json";

/** @throws for a value that is neither */
export function logFormat({ LOG_FORMAT = "" }: NodeJS.ProcessEnv, isTerminal: boolean): LogFormat {
	if (LOG_FORMAT === "") return isTerminal ? "text" : "json";
	if (LOG_FORMAT === "text" || LOG_FORMAT === "json") return LOG_FORMAT;
	throw new Error('LOG_FORMAT is neither "text" nor "json"');
}

/** The parts of a line that a person reads. Other lines of the log have some of them. */
interface Line {
	readonly time?: string;
	readonly status?: number;
	readonly method?: string;
	readonly route?: string;
	readonly verdict?: string;
	readonly reason?: string;
	readonly key?: string;
	readonly ms?: number;
	readonly advisory?: string;
	readonly cache?: string;
	readonly shadow?: string;
	readonly expiredBy?: number | null;
	readonly nearMiss?: string;
	readonly callbackHost?: string;
	readonly client?: string;
	readonly sampled?: number;
	readonly level?: string;
	readonly binding?: string;
	readonly problem?: string;
	readonly warning?: string;
}

type Colour = "green" | "red" | "yellow" | "dim";

/** @param line of the edge's log. A line that is not JSON is printed as it is, without control characters. */
export function readableLine(line: string, hasColours: boolean): string {
	const paint = (colour: Colour, text: string) =>
		hasColours && text !== "" ? styleText(colour, text, { validateStream: false }) : text;
	const parsed = parseLine(line);
	if (parsed === undefined) return paint("red", printable(line));
	if (parsed.verdict === undefined) return complaint(parsed, paint);
	const { time = "", status, method = "", route = "", verdict, reason, key, ms } = parsed;
	const isRefused = verdict === "refuse";
	const colour = isRefused ? "red" : reason === undefined ? "green" : "yellow";
	const columns = [
		paint("dim", clockTime(time)),
		paint(colour, String(status ?? "").padEnd(STATUS_WIDTH)),
		printable(method).padEnd(METHOD_WIDTH),
		printable(route).padEnd(ROUTE_WIDTH),
		paint(colour, printable(reason ?? verdict).padEnd(VERDICT_WIDTH)),
		...(key === undefined ? [] : [printable(key)]),
		`${ms ?? 0} ms`,
		...details(parsed).map((detail) => paint("dim", printable(detail))),
	];
	return columns.join("  ");
}

const STATUS_WIDTH = 3;
const METHOD_WIDTH = 4;
const ROUTE_WIDTH = 12;
const VERDICT_WIDTH = 15;

function details(line: Line): string[] {
	const { advisory, cache, shadow, expiredBy, nearMiss, callbackHost, client, sampled } = line;
	return [
		typeof expiredBy === "number" && `expired ${expiredBy} s ago`,
		nearMiss === "line_break" && "signed with a line break after the secret",
		advisory,
		cache && `cache ${cache}`,
		shadow && `shadow: ${shadow}`,
		callbackHost && `callback ${callbackHost}`,
		client && `from ${client}`,
		sampled && `one of ${sampled}`,
	].filter((detail) => typeof detail === "string" && detail !== "") as string[];
}

/** A problem or a warning of the configuration, or a failure of the edge. */
function complaint(line: Line, paint: (colour: Colour, text: string) => string): string {
	const { level, binding, key, problem, warning } = line;
	const isWarning = level === "warning";
	const ofKey = key && key !== binding ? `(key ${key})` : "";
	const text = [binding, ofKey, problem ?? warning].filter(Boolean).join(" ");
	return paint(isWarning ? "yellow" : "red", printable(`${isWarning ? "warning" : "problem"}: ${text}`));
}

function parseLine(line: string): Line | undefined {
	try {
		const parsed: unknown = JSON.parse(line);
		return typeof parsed === "object" && parsed !== null ? parsed : undefined;
	} catch {
		return undefined;
	}
}

const clockTime = (time: string): string => {
	const date = new Date(time);
	return Number.isNaN(date.getTime()) ? "" : date.toTimeString().slice(0, 8);
};

/** Control characters could move the cursor of the terminal, or hide a line. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ");

/**
 * Drops what the runtime prints about an origin that does not answer: its source file and its stack. The edge's own line
 * names the fault. Of other errors of the runtime only the first line is kept.
 *
 * @param message one log message of workerd, perhaps of several lines
 * @returns `undefined` for a message that says nothing more than the edge's own line
 */
export function withoutRuntimeNoise(message: string): string | undefined {
	if (RUNTIME.test(message) && NETWORK.test(message)) return undefined;
	const stackAt = message.search(STACK);
	return stackAt === -1 ? message : message.slice(0, stackAt);
}

/** `e = rust/worker/ffi.rs:110: failed: …`, `kj/async-io-unix.c++:186: disconnected: …`. The edge's lines are JSON. */
const RUNTIME = /^(?:\w+ = )?[\w./+-]+\.(?:rs|c\+\+|h):\d+: /;
const NETWORK =
	/: disconnected: |failed to lookup address|TLS (?:handshake|connection|peer)|certificate|\bconnect(?:ion)?\b|timed out/i;
/** An uncaught error of the Worker has a place of the runtime in its first line, and sometimes a stack below. */
const STACK = /;?\s+stack: \S/;
