/**
 * What is mutated, and the tests that have to notice it. Each area is a folder of src/ with the tests that cover it: more
 * tests would notice no more, and every survivor would run all of them.
 */

export interface Area {
	/** Its folder in src/. */
	readonly name: string;
	/** Globs of the tests. */
	readonly tests: readonly string[];
}

const WORKERS = "test/workers";
/** Whole requests: attacks, hardening, the app around the decision. */
const REQUESTS = [`${WORKERS}/hostile/*.test.ts`, `${WORKERS}/hardening.test.ts`, `${WORKERS}/app.test.ts`];
const testsOf = (...folders: string[]) => folders.map((folder) => `${WORKERS}/${folder}/*.test.ts`);

export const AREAS: readonly Area[] = [
	{ name: "token", tests: [...testsOf("token", "claims", "calls", "rewrite"), ...REQUESTS] },
	{ name: "link", tests: [...testsOf("link", "token", "observe"), ...REQUESTS] },
	{ name: "claims", tests: [...testsOf("claims", "calls", "observe", "deny"), ...REQUESTS] },
	{
		name: "request",
		tests: [...testsOf("request", "link", "routes", "rate-limit", "observe", "origin"), ...REQUESTS],
	},
	{ name: "routes", tests: [...testsOf("routes", "claims", "reply", "calls"), ...REQUESTS] },
	{ name: "rewrite", tests: [...testsOf("rewrite", "token", "origin", "calls"), ...REQUESTS] },
	{ name: "socket", tests: [...testsOf("socket", "claims"), ...REQUESTS] },
	{ name: "file-cache", tests: testsOf("file-cache") },
];

/** Files without decisions. */
export const NOT_MUTATED = [
	// Texts of the documents.
	"src/routes/route-meanings.ts",
];
