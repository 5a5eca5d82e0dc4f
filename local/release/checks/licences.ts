/**
 * The licences of the packages whose code is in the bundle, and the file of notices that they ask for.
 *
 * Each licence of the list asks for its notice alone. Any other one needs somebody who reads it.
 */
import { faultsOr, type Outcome } from "../outcome.ts";

export const ALLOWED_LICENCES: readonly string[] = ["0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];

export interface BundledPackage {
	readonly name: string;
	readonly version: string;
	/** The SPDX expression in its package.json. */
	readonly licence: string;
	readonly homepage: string;
	/** The text of its licence file; "" without one. */
	readonly text: string;
}

export function checkLicences(packages: readonly BundledPackage[]): Outcome {
	const faults = packages.flatMap(({ name, licence, text }) => [
		...(ALLOWED_LICENCES.includes(licence) ? [] : [`${name}: ${licence || "no licence"} is not allowed`]),
		// The licence asks for the line with the holder of the rights, too.
		...(/copyright/i.test(text) ? [] : [`${name}: its licence file is missing, or names no copyright`]),
	]);
	if (packages.length === 0) faults.push("no package was found in the bundle");
	const names = packages.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
	return faultsOr(faults, "licences in the bundle", names.join(", "));
}

export function thirdPartyNotices(packages: readonly BundledPackage[], product: string): string {
	const parts = packages.map(
		({ name, version, licence, homepage, text }) =>
			`${name} ${version}\n${homepage}\nLicense: ${licence}\n\n${text.trim()}\n`,
	);
	const intro = `The bundle of ${product} contains code of these packages.\n`;
	return [intro, ...parts].join(`\n${"-".repeat(78)}\n\n`);
}
