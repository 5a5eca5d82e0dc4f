/**
 * Finds the advisory whose rule a request breaks. Only rules of advisories that are open in the configured version are
 * asked.
 *
 * A rule covers the parameters that the advisory names. It is a bridge to the upgrade, not a replacement.
 */
import type { Advisory, AdvisoryRule } from "../advisories/advisories.ts";
import { type Claims, mergeClaims } from "../claims/merged-claims.ts";
import { decodeEscapes } from "../encoding/percent.ts";
import type { RouteId } from "../routes/route.ts";

/**
 * @param active the advisories of the host's version that have a rule
 * @param claims of the verified token; empty without one
 * @param query without `?`
 */
export function findAdvisory(
	active: readonly Advisory[],
	route: RouteId,
	claims: Claims,
	query: string,
): Advisory | undefined {
	return active.find(
		({ closedBy }) =>
			closedBy.by === "rule" && closedBy.route === route && breaks(closedBy.rule, claims, query),
	);
}

function breaks(rule: AdvisoryRule, claims: Claims, query: string): boolean {
	switch (rule.kind) {
		case "no traversal":
			// Twice, as a parameter may be decoded once more on its way to a path.
			return TRAVERSAL.test(decodeEscapes(decodeEscapes(query)));
		case "plain extensions":
			return extensionsOf(claims).some((extension) => !PLAIN.test(String(extension)));
		case "formats":
			return formatsOf(claims).some((format) => rule.formats.includes(format));
	}
}

const TRAVERSAL = /\.\.|\\/;
const PLAIN = /^[a-z\d]+$/i;

function extensionsOf(claims: Claims): unknown[] {
	const { filetype, fileType, outputtype, outputType } = mergeClaims(claims);
	return [filetype, fileType, outputtype, outputType].filter((value) => value !== undefined && value !== "");
}

/** The format of the file to convert: the server takes the ending of the URL if `filetype` is missing. */
function formatsOf(claims: Claims): string[] {
	const { filetype, fileType, url } = mergeClaims(claims);
	const ending = /\.([a-z\d]+)$/i.exec(URL.parse(String(url))?.pathname ?? "")?.[1];
	return [filetype, fileType, ending].map((format) =>
		String(format ?? "")
			.toLowerCase()
			.replace(/^\./, ""),
	);
}
