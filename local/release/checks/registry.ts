/**
 * Reads what npm tells about the packages: whether the registry signed them, and whether they have known holes.
 */
import { npmError, npmJson } from "../npm-answer.ts";
import { bad, faultsOr, good, notAsked, type Outcome } from "../outcome.ts";
import type { Ran } from "../run-program.ts";

/** @param ran `npm audit signatures --json` */
export function checkSignatures(ran: Ran): Outcome {
	const { invalid, missing } = npmJson(ran) ?? {};
	if (!Array.isArray(invalid) || !Array.isArray(missing)) return notAsked(whyNot(ran));
	const faults = [
		...invalid.map((one) => `${describe(one)}: its signature is wrong`),
		...missing.map((one) => `${describe(one)}: it has no signature`),
	];
	return faultsOr(faults, "signatures of the registry", "the registry signed every installed package");
}

const describe = (one: unknown): string => `${Object(one).name}@${Object(one).version}`;

/**
 * @param ran `npm audit --omit=dev --json`
 * @param accepted advisories by their id, with the reason
 */
export function checkAudit(ran: Ran, accepted: Readonly<Record<string, string>>): Outcome {
	const { auditReportVersion, vulnerabilities } = npmJson(ran) ?? {};
	if (auditReportVersion === undefined || typeof vulnerabilities !== "object" || vulnerabilities === null)
		return notAsked(whyNot(ran));
	const advisories = Object.values(vulnerabilities).flatMap(advisoriesOf);
	const faults = advisories.filter(({ id }) => !Object.hasOwn(accepted, id)).map(({ text }) => text);
	if (faults.length > 0) return bad("known holes in runtime dependencies", faults);
	const known = advisories.map(({ id }) => `accepted: ${id}: ${accepted[id]}`);
	return good("no known hole in a runtime dependency opens the edge", known);
}

/** A package that only depends on one with a hole names that package: the hole is told there. */
function advisoriesOf(vulnerability: unknown): { id: string; text: string }[] {
	const via: unknown = Object(vulnerability).via;
	if (!Array.isArray(via)) return [{ id: "", text: `${Object(vulnerability).name}: npm named no advisory` }];
	return via
		.filter((one) => typeof one !== "string")
		.map((one) => {
			const { name, severity, url } = Object(one);
			return { id: String(url).split("/").at(-1) ?? "", text: `${name}: ${severity}, ${url}` };
		});
}

function whyNot(ran: Ran): string {
	const { code, text } = npmError(ran);
	return [code, text].filter(Boolean).join(", ");
}
