/**
 * The release workflow has to sign where its files come from (SLSA provenance), before it publishes them, and for all of
 * them. `gh attestation verify` then tells a file of the release from one that somebody put there later.
 */
import { parseYaml } from "../../yaml.ts";
import { bad, faultsOr, type Outcome } from "../outcome.ts";

const ATTESTS = /^actions\/attest(?:-build-provenance)?@/;
const PUBLISHES = /\bgh release (?:create|upload)\s+(.*)$/gm;
/** Options of `gh` with a value behind them that is no file of the release. */
const OPTIONS = /\s-(?:-(?:notes-file|notes|title|target)|[Fnt])[ =]\S+/g;
const PERMISSIONS = ["id-token", "attestations"];

export function checkProvenance(workflow: string): Outcome {
	const jobs: unknown[] = Object.values(Object(Object(parseYaml(workflow)).jobs));
	const publishing = jobs.map((job) => Object(job)).filter((job) => stepsOf(job).some(publishes));
	const [job] = publishing;
	if (job === undefined || publishing.length > 1)
		return bad(`${publishing.length} jobs of the workflow publish a release`);
	const steps = stepsOf(job);
	const attests = steps.findIndex(({ uses }) => ATTESTS.test(String(uses)));
	const subject = String(Object(steps[attests]?.with)["subject-path"]);
	const files = steps.flatMap(filesOf);
	const faults = PERMISSIONS.filter((name) => Object(job.permissions)[name] !== "write").map(
		(name) => `the job has no permission ${name}: write`,
	);
	if (attests < 0) faults.push("no step attests the build");
	if (attests > steps.findIndex(publishes)) faults.push("the files are attested after they are published");
	if (files.length === 0) faults.push("the release has no file");
	for (const file of files)
		if (attests >= 0 && file !== subject) faults.push(`${file} is published, and ${subject} is attested`);
	return faultsOr(faults, "provenance of the release", `${subject} is attested before it is published`);
}

/** The files that `gh release` gets behind the tag. */
function filesOf({ run }: Step): string[] {
	const lines = String(run).replace(/\\\n/g, " ");
	return [...lines.matchAll(PUBLISHES)].flatMap(([, words = ""]) =>
		` ${words}`
			.replace(OPTIONS, "")
			.split(/\s+/)
			.filter((word) => word !== "" && !word.startsWith("-"))
			.slice(1),
	);
}

interface Step {
	readonly uses?: unknown;
	readonly run?: unknown;
	readonly with?: unknown;
}

const stepsOf = (job: { readonly steps?: unknown }): readonly Step[] =>
	Array.isArray(job.steps) ? job.steps : [];
const publishes = ({ run }: Step): boolean => String(run).search(PUBLISHES) >= 0;
