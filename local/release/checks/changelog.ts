/**
 * The changelog has to name this version, once, with its changes and its date. Versions and dates descend, and nothing
 * waits under "Unreleased" while a release is made: its users would search for the change in vain.
 */
import { faultsOr, type Outcome } from "../outcome.ts";
import { compareVersions } from "./versions.ts";

const UNRELEASED = "Unreleased";
const HEADING = /^(\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$/;

interface Section {
	readonly title: string;
	/** Its lists, one text per change. */
	readonly changes: readonly string[];
}

export function checkChangelog(text: string, version: string): Outcome {
	const sections = sectionsOf(text);
	const dated = sections.map(({ title }) => HEADING.exec(title)).filter((match) => match !== null);
	const versions = dated.map(([, one = ""]) => one);
	const named = sections.map(({ title }) => title.split(" ")[0] ?? "").filter((name) => name !== UNRELEASED);
	const dates = dated.map(([, , date = ""]) => date);
	const faults = [
		...wrongHeadings(sections),
		...sections.flatMap((section, index) => misplaced(section, index)),
		...repeated(named).map((one) => `${one} has two sections`),
		...pairs(versions)
			.filter(([newer, older]) => compareVersions(newer, older) < 0)
			.map(([newer, older]) => `${newer} stands above ${older}`),
		...pairs(dates)
			.filter(([newer, older]) => newer < older)
			.map(([newer, older]) => `${older} stands below the earlier ${newer}`),
		...repeated(sections.flatMap(({ changes }) => changes)).map((one) => `a change is listed twice: ${one}`),
		...missing(named, version),
	];
	return faultsOr(faults, "CHANGELOG.md", `${version} of ${dates[0]}, ${versions.length} versions`);
}

const wrongHeadings = (sections: readonly Section[]) =>
	sections
		.filter(({ title }) => title !== UNRELEASED && !isDated(title))
		.map(({ title }) => `"## ${title}" is not like "## 1.0.0 - 2026-12-31"`);

function isDated(title: string): boolean {
	const [, , date = ""] = HEADING.exec(title) ?? [];
	const parsed = new Date(`${date}T00:00:00Z`);
	return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

function misplaced({ title, changes }: Section, index: number): string[] {
	if (title !== UNRELEASED) return changes.length === 0 ? [`${title} lists no change`] : [];
	if (index > 0) return ["Unreleased does not stand at the top"];
	return changes.length === 0 ? [] : [`${changes.length} changes are under Unreleased: give them a version`];
}

function missing(named: readonly string[], version: string): string[] {
	if (!named.includes(version)) return [`${version} has no section`];
	return named[0] === version ? [] : [`${named[0]} stands above ${version}, the version of package.json`];
}

function sectionsOf(text: string): Section[] {
	const [, ...parts] = `\n${text}`.split(/\n## /);
	return parts.map((part) => {
		const [title = "", ...lines] = part.split("\n");
		const [, ...changes] = `\n${lines.join("\n")}`.split(/\n[-*] /);
		return {
			title: title.trim(),
			changes: changes.map((change) => (change.split(/\n(?!\s)/)[0] ?? "").trim()),
		};
	});
}

const pairs = (list: readonly string[]): [string, string][] =>
	list.slice(1).map((older, index) => [list[index] ?? "", older]);

const repeated = (list: readonly string[]): string[] => [
	...new Set(list.filter((one, index) => list.indexOf(one) !== index)),
];
