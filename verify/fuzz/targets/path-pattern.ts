/**
 * The route table of an integration: every pattern that the configuration allows, and every path. The other reading
 * compares character by character, and looks at each star in turn.
 *
 * The last line of an input is the path, the lines before it are patterns.
 */
import { readTarget, type Target } from "../../../src/request/target.ts";
import {
	findIntegrationRoute,
	integrationRoutes,
	PATH_PATTERN,
	wopiRoutes,
} from "../../../src/routes/integration-routes.ts";
import { compileListedRoute, type ListedRoute } from "../../../src/routes/listed-path.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorTargets } from "../vectors.ts";

const MOST_PATTERNS = 8;

export const pathPatternTarget: FuzzTarget = {
	name: "path pattern",
	seeds: () => [
		...vectorTargets().map((target) => `/cache/*\n${target}`),
		"/index.php/apps/onlyoffice/track\n/index.php/apps/onlyoffice/track?doc=a",
		"/apps/:app/download*\n/mod/*/callback.php\n/apps/onlyoffice/download/%2e%2e/x",
		"/*a*b\n/aaaaaaaaaaaaaaaa",
		"/wopi/files/:id\n/wopi/*\n/wopi/files/1/contents?access_token=x",
		"/*\n/",
	],
	// biome-ignore format: a list
	words: [
		"\n", "/", "/*", "*", ":a", "/:id", "/:a/:b", ".", "~", "@", "-", "/index.php/apps/onlyoffice/",
		"download", "track", "%2f", "%2e%2e", "%252f", "/../", "//", "\\", ";x", "%5c", "%00", "%0a",
		"%ef%bc%8f", "?", "a", "aaaa",
	],
	longest: 8000,
	bound: { constant: 300_000, perCharacter: 4000 },
	call: (input) => {
		const { rows, target } = split(input);
		return target && findIntegrationRoute(target, rows);
	},
	check: (input) => {
		const { patterns, rows, target } = split(input);
		if (target === undefined) return "no target";
		for (const pattern of patterns) {
			const { route, pattern: compiled } = compileListedRoute({ ...ROW, path: pattern });
			hold("the pattern covers what it says", compiled.test(target.path) === covers(route.path, target.path));
		}
		const found = findIntegrationRoute(target, rows);
		if ("ok" in found) return found.reason;
		const isCovered = patterns.some((pattern) => covers(pattern, target.path));
		hold("a path that a pattern covers as it was sent is protected", !isCovered || found.id !== "open");
		return `${found.id} ${isCovered} ${patterns.length}`;
	},
};

const ROW = {
	id: "callback",
	reader: "docService",
	requires: { kind: "open" },
	reply: "integration",
} as const;

function split(input: string): { patterns: string[]; rows: ListedRoute[]; target: Target | undefined } {
	const lines = input.split("\n");
	const path = lines.pop() ?? "";
	const patterns = lines.filter((line) => PATH_PATTERN.test(line)).slice(0, MOST_PATTERNS);
	const [first = [], second = []] = [
		patterns.filter((_, at) => at % 2 === 0),
		patterns.filter((_, at) => at % 2 === 1),
	];
	const url = URL.parse(`https://cloud.example.com${path.startsWith("/") ? path : `/${path}`}`);
	const read = url && readTarget({ method: "GET", url: url.href });
	const target = read && !("ok" in read) ? read : undefined;
	return { patterns, rows: [...wopiRoutes(second, []), ...integrationRoutes(first, [])], target };
}

/** `:name` is one segment, `*` is anything, case does not count, and one more slash at the end is allowed. */
function covers(pattern: string, path: string): boolean {
	const whole = pattern.replace(/(?<=.)\/$/, "").toLowerCase();
	const wanted = path.toLowerCase();
	const bases = whole.endsWith("/*") ? [whole, whole.slice(0, -2)] : [whole];
	return bases.some((base) => [wanted, wanted.replace(/\/$/, "")].some((one) => matches(base, one)));
}

/** The places in the path that the pattern has reached, one step of the pattern after another. */
function matches(pattern: string, path: string): boolean {
	let reached = new Set([0]);
	for (const step of pattern.match(/:\w+|\*|./gs) ?? []) {
		const next = new Set<number>();
		for (const at of reached) {
			if (step === "*") for (let end = at; end <= path.length; end++) next.add(end);
			else if (step.length > 1)
				for (let end = at + 1; end <= path.length && path[end - 1] !== "/"; end++) next.add(end);
			else if (path[at] === step) next.add(at + 1);
		}
		reached = next;
	}
	return reached.has(path.length);
}
