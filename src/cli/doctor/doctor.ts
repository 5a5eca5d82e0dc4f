/**
 * `docs-edge doctor`: a decision tree over a live edge and the Document Server behind it. Each step relies on the steps
 * before it, so the doctor stops at the first fault and says what it did not test. A fault comes with the next thing to
 * do. A finding never holds a secret, a token or a signature.
 */
import type { Host } from "../../config/host.ts";
import type { Finding } from "../import/document-server-files.ts";
import { MEND_UNANSWERED, UnansweredError } from "../unanswered.ts";
import { checkAdvisories } from "./check-advisories.ts";
import { checkClocks } from "./check-clocks.ts";
import { checkAdmission, checkEdge, checkEnforcement } from "./check-edge.ts";
import { checkBypass, checkClosed, checkPublicUrl } from "./check-exposure.ts";
import { checkLimits } from "./check-limits.ts";
import { checkOrigin } from "./check-origin.ts";
import { checkFiles, checkHeader, checkLink, checkSession, checkToken, readFiles } from "./check-secrets.ts";
import { checkSocket } from "./check-socket.ts";
import { checkWopi, checkWopiSource } from "./check-wopi.ts";
import { bad, note } from "./probe.ts";
import { createSite, type DoctorOptions, type Site, type Step } from "./site.ts";

const lacksSecret =
	(ring: keyof Host["keys"], binding: string) =>
	({ host }: Site) =>
		host.keys[ring].keys.length === 0 && `no ${binding} on this machine`;

const STEPS: readonly Step[] = [
	{ name: "this machine", run: checkMachine },
	{ name: "the edge", run: checkEdge },
	{ name: "whether the edge admits this machine", run: checkAdmission },
	{ name: "whether the edge enforces", run: checkEnforcement },
	{ name: "the origin", run: checkOrigin },
	{ name: "clocks", run: checkClocks },
	{ name: "tokens of calls", lacks: lacksSecret("inbox", "JWT_SECRET"), run: checkToken },
	{ name: "the token header", lacks: lacksSecret("inbox", "JWT_SECRET"), run: checkHeader },
	{ name: "links", lacks: lacksSecret("link", "SECURE_LINK_SECRET"), run: checkLink },
	{ name: "session tokens", lacks: lacksSecret("session", "JWT_SECRET"), run: checkSession },
	{ name: "the editor's socket", lacks: lacksSecret("browser", "JWT_SECRET"), run: checkSocket },
	{ name: "the public URL", run: checkPublicUrl },
	{
		name: "whether strangers reach the origin",
		lacks: ({ options }) => options.origin === undefined && "no --origin",
		run: checkBypass,
	},
	{ name: "closed paths", run: checkClosed },
	{ name: "WOPI", run: checkWopi },
	{
		name: "your WOPI source",
		lacks: ({ options }) => options.wopiSource === undefined && "no --wopi-source",
		run: checkWopiSource,
	},
	{
		name: "rate limits and deny list",
		lacks: ({ found }) => found.status === undefined && "no STATUS_SECRET of the edge on this machine",
		run: checkLimits,
	},
	{
		name: "advisories",
		lacks: ({ found }) => found.serverVersion === undefined && "the version of the server is not known",
		run: checkAdvisories,
	},
	{
		name: "calls of the Document Server to your integration",
		lacks: () => "open and save a document, and look at the log",
		run: () => [],
	},
];

/** The bindings of this machine say nothing about those of the deployed Worker, so these are no faults. */
function* checkMachine({ host }: Site): Generator<Finding> {
	for (const { binding, problem } of host.problems)
		yield note(
			`on this machine ${binding} ${problem}`,
			"set it in .dev.vars or in the environment, as at the edge",
		);
	for (const { binding, key, warning } of host.warnings)
		yield note(`on this machine ${binding}: the key ${key} ${warning}`, "make another: openssl rand -hex 32");
}

/**
 * @param nowMs the clock of this machine, Unix milliseconds
 * @throws for options that cannot be used: a URL that is none, a file that cannot be read
 */
export async function* diagnose(
	host: Host,
	options: DoctorOptions,
	nowMs: () => number,
): AsyncGenerator<Finding> {
	const files = readFiles(options);
	const steps = files ? STEPS.toSpliced(FILES_AT, 0, checkFiles(files)) : STEPS;
	const site = createSite(host, options, nowMs);
	const untested: string[] = [];
	let isStopped = false;
	for (const step of steps) {
		const lacking = !isStopped && step.lacks?.(site);
		if (isStopped) untested.push(step.name);
		else if (lacking) untested.push(`${step.name} (${lacking})`);
		else isStopped = yield* runToFault(step, site);
	}
	yield note(`not tested: ${untested.join(", ")}`);
}

/** The secrets of the files are compared before the first secret is used. */
const FILES_AT = STEPS.findIndex(({ run }) => run === checkToken);

/** @returns whether the step found a fault; its findings after that are left out, because they follow from it */
async function* runToFault({ name, run }: Step, site: Site): AsyncGenerator<Finding, boolean> {
	try {
		for await (const finding of run(site)) {
			yield finding;
			if (finding.mark === "bad") return true;
		}
		return false;
	} catch (error) {
		if (!(error instanceof UnansweredError)) throw error;
		yield bad(`${name}: ${error.message}`, MEND_UNANSWERED[error.kind]);
		return true;
	}
}
