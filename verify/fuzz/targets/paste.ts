/**
 * The readers of pasted texts: curl lines, fetch calls, HTTP, HAR files, logs, tokens, URLs. Each ends with a request, a
 * log line, or a refusal in words for the operator.
 */
import { readCurl } from "../../../src/cli/paste/curl.ts";
import { readFetch, readInvoke } from "../../../src/cli/paste/fetch-call.ts";
import type { Pasted } from "../../../src/cli/paste/pasted.ts";
import { readPasted } from "../../../src/cli/paste/read-request.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorTokens } from "../vectors.ts";

const CURL_SEEDS = [
	"curl -X POST 'https://docs.example.com/command' -H 'Authorization: Bearer a.b.c' -d '{\"c\":\"version\"}'",
	"curl -sSL -XPOST https://docs.example.com/command?a=b&c --data-raw $'a\\u0021\\x41b' --compressed",
	'curl "https://docs.example.com/x" ^\n  -H ^"accept: */*^" ^\n  --data-raw ^"a^%%b^"',
	"curl.exe `\n  'https://docs.example.com/x' `\n  -H 'a: it''s'",
	"curl -G --data-urlencode 'a=b c' -u user:pw --json '{}' -F a=@b docs.example.com/x",
	"$ curl -b 'a=b' -A agent -e ref -I -T file -- https://a.test/ https://b.test/",
];
// biome-ignore format: a list
const OTHER_SEEDS = [
	'fetch("https://docs.example.com/command", {method: "POST", headers: {a: "b"}, body: "{}"})',
	'await fetch(`https://a.test/`, {"headers": {"x": "y"},});',
	'Invoke-WebRequest -Uri "https://a.test/x" -Method POST -Headers @{"a"="b`"c"; d = \'e\'} -Body "{`"a`":1}"',
	"POST /command HTTP/1.1\r\nHost: docs.example.com\r\nX-Forwarded-Proto: http\r\n\r\n{}",
	":authority: docs.example.com\n:method\nGET\n:path: /x\ncookie: a=b",
	'{"log":{"entries":[{"request":{"method":"GET","url":"https://a.test/x","headers":[{"name":"a","value":"b"}]},"response":{"status":403}}]}}',
	'{"verdict":"refuse","route":"command","reason":"token_missing"}',
	'1.2.3.4 - - [21/Nov/2026:00:00:00 +0000] "GET /cache/files/x?md5=a HTTP/1.1" 403 146 "-" "x"',
	"Authorization: Bearer aaaaaaaaaa.bbbbbbbbbb.cccccccccc", "<https://docs.example.com/x?a=b&amp;c=d>.",
	"wss://docs.example.com/doc/k/c/?EIO=4", "docs.example.com/x",
];
// biome-ignore format: a list
const WORDS = [
	"curl ", "curl.exe ", "-X ", "-H ", "-d ", "--data-raw ", "--data-urlencode ", "--json ", "--url ",
	"-G ", "-u ", "-F ", "--", "-b ", "'", '"', "\\", "$'", "`", "``", "^", '^"', "^\n", "`\n", "\\\n",
	"${", "$(", "$TOKEN", "`x`", "|", ">", "<", "&", ";", "#", "*", "?", "(", ")", "fetch(", "{", "}", "[",
	"]", ":", ",", "method:", "headers:", "body:", "Invoke-WebRequest ", "-Uri ", "-Headers @{", "-Body ",
	"GET / HTTP/1.1\r\n", "HTTP/2", "\r\n", "\n", "\r\n\r\n", ":path: /", ":authority: a.test\n",
	"Host: a.test", '"log":', '"entries":', '"request":', "https://a.test/", "http://", "//",
	"eyJhbGciOiJIUzI1NiJ9.", "Bearer ", "@file", "&amp;", " ",
];

export const pasteTarget: FuzzTarget = {
	name: "curl reader",
	seeds: () => [...CURL_SEEDS, ...OTHER_SEEDS, ...vectorTokens().slice(0, 20)],
	words: WORDS,
	longest: 30_000,
	bound: { constant: 500_000, perCharacter: 1500 },
	call: (input) => READERS.map((read) => outcomeOf(read, input)),
	check: (input) => READERS.map((read) => describe(outcomeOf(read, input))).join("; "),
};

const READERS: readonly ((text: string) => Pasted)[] = [
	readPasted,
	(text) => readCurl(`curl ${text}`),
	readFetch,
	readInvoke,
];

/** A refusal is a plain error. Any other one, such as a TypeError, is a mistake of the reader. */
function outcomeOf(read: (text: string) => Pasted, input: string): Pasted | string {
	try {
		return read(input);
	} catch (error) {
		if (!(error instanceof Error) || error.constructor !== Error) throw error;
		return error.message;
	}
}

function describe(outcome: Pasted | string): string {
	if (typeof outcome === "string") {
		hold("a refusal says what could not be read", /^[a-z][\w ,:'.-]{10,}/i.test(outcome));
		return `refused: ${outcome.slice(0, 20)}`;
	}
	if ("logLine" in outcome) return "a log line";
	const { method, url, headers, body, notes = [] } = outcome;
	const isText = [method, url, ...headers.flat(), ...notes, body ?? ""].every(
		(one) => typeof one === "string",
	);
	hold("a request consists of texts", isText);
	return `${method.slice(0, 7)} ${headers.length > 0} ${body !== undefined} ${notes.length}`;
}
