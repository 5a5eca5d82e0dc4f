/**
 * The lines that `npm start` prints. Protects a person at a terminal against JSON, stacks of the runtime and control
 * characters, and a program behind a pipe against anything but JSON.
 */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { logFormat, readableLine, withoutRuntimeNoise } from "../../local/log-line.ts";

const TIME = "2026-11-21T12:34:56.789Z";
const CLOCK = new Date(TIME).toTimeString().slice(0, 8);
const line = (more: object) =>
	JSON.stringify({
		time: TIME,
		id: "i",
		host: "h",
		method: "GET",
		route: "command",
		status: 200,
		ms: 3,
		...more,
	});

describe("the format", () => {
	it.each([
		[undefined, true, "text"],
		[undefined, false, "json"],
		["", true, "text"],
		["json", true, "json"],
		["text", false, "text"],
	])("LOG_FORMAT %s, terminal %s: %s", (LOG_FORMAT, isTerminal, format) => {
		expect(logFormat({ LOG_FORMAT }, isTerminal)).toBe(format);
	});
	it("anything else is told", () => {
		expect(() => logFormat({ LOG_FORMAT: "xml" }, true)).toThrow('LOG_FORMAT is neither "text" nor "json"');
	});
});

describe("a decision", () => {
	it.each([
		[
			{ verdict: "accept", key: "JWT_SECRET" },
			`${CLOCK}  200  GET   command       accept           JWT_SECRET  3 ms`,
		],
		[
			{ verdict: "refuse", reason: "token_expired", expiredBy: 12, client: "203.0.113.0/24" },
			`${CLOCK}  200  GET   command       token_expired    3 ms  expired 12 s ago  from 203.0.113.0/24`,
		],
		[
			{ verdict: "accept", reason: "origin_unreachable", status: 502, cache: "miss" },
			`${CLOCK}  502  GET   command       origin_unreachable  3 ms  cache miss`,
		],
		[
			{ verdict: "refuse", reason: "token_signature", status: undefined, nearMiss: "line_break" },
			`${CLOCK}       GET   command       token_signature  3 ms  signed with a line break after the secret`,
		],
		[
			{ verdict: "accept", shadow: "agree", callbackHost: "cloud.example.com", sampled: 100 },
			`${CLOCK}  200  GET   command       accept           3 ms  shadow: agree  callback cloud.example.com  one of 100`,
		],
	])("%j", (more, text) => {
		expect(readableLine(line(more), false)).toBe(text);
		expect(stripVTControlCharacters(readableLine(line(more), true))).toBe(text);
	});
	it.each([
		["accepted: green", { verdict: "accept" }, 32],
		["refused: red", { verdict: "refuse", reason: "link_mismatch" }, 31],
		["a fault: yellow", { verdict: "accept", reason: "origin_down" }, 33],
	])("%s", (_, more, colour) => {
		const colours = [31, 32, 33].filter((one) => readableLine(line(more), true).includes(`\u001b[${one}m`));
		expect(colours).toEqual([colour]);
	});
	it("control characters do not reach the terminal", () => {
		const text = readableLine(line({ verdict: "accept", method: "G\u001b[2J\u009b2J\r\nET" }), false);
		expect(text).toBe(`${CLOCK}  200  G [2J 2J ET  command       accept           3 ms`);
	});
});

describe("other lines", () => {
	it.each([
		['{"level":"error","binding":"JWT_SECRET","problem":"is missing"}', "problem: JWT_SECRET is missing", 31],
		[
			'{"level":"error","problem":"a request could not be decided"}',
			"problem: a request could not be decided",
			31,
		],
		[
			'{"level":"warning","binding":"JWT_SECRET","key":"k2","warning":"is short"}',
			"warning: JWT_SECRET (key k2) is short",
			33,
		],
		["Uncaught exception: a.h:1: failed: x", "Uncaught exception: a.h:1: failed: x", 31],
		["7", "7", 31],
	])("%s", (logged, text, colour) => {
		expect(readableLine(logged, false)).toBe(text);
		expect(readableLine(logged, true)).toBe(`\u001b[${colour}m${text}\u001b[39m`);
	});
});

describe("the runtime's own messages", () => {
	const STACK =
		"\nstack: /x/workerd@26b6840 /x/workerd@3739630; sentryErrorContext = jsgInternalError; wdErrId = 3su9r8";
	it.each([
		`e = rust/worker/ffi.rs:110: failed: failed to lookup address information: Name or service not known${STACK}`,
		`e = rust/worker/ffi.rs:110: failed: TLS handshake failed: Connection reset by peer (os error 104)${STACK}`,
		"kj/async-io-unix.c++:186: disconnected: connect(): Connection refused; stack: 1f2e3d 4a5b6c",
	])("dropped, as the edge's line names the fault: %s", (message) => {
		expect(withoutRuntimeNoise(message)).toBeUndefined();
	});
	it.each([
		["Uncaught exception: workerd/jsg/value.h:1511: failed: remote.jsg.Error: real error", undefined],
		["service core:user:edge: Uncaught SyntaxError: connection", undefined],
		['{"time":"x","verdict":"accept","reason":"origin_unreachable"}', undefined],
		[
			`workerd/io/worker.c++:12: failed: out of memory${STACK}`,
			"workerd/io/worker.c++:12: failed: out of memory",
		],
		["*** Received signal #11: Segmentation fault", undefined],
	])("kept: %s", (message, kept) => expect(withoutRuntimeNoise(message)).toBe(kept ?? message));
});
