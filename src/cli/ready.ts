/**
 * `docs-edge ready`: asks one isolate of the edge whether shadow mode may end, and describes the answer. Another isolate
 * has other numbers.
 */
import type { Key } from "../config/secrets/key-ring.ts";
import { askEdge } from "./ask-edge.ts";
import type { Finding } from "./import/document-server-files.ts";

/** The body of `/.edge/ready`. */
export interface Readiness {
	readonly mode: string;
	readonly since: string;
	readonly compared: number;
	/** So many comparisons are needed. */
	readonly needed: number;
	readonly comparedByRoute: Readonly<Record<string, number>>;
	/** Routes that every installation uses: `command or convert`. */
	readonly neverCompared: readonly string[];
	readonly neverCalled: readonly string[];
	readonly socketRequests: number;
	/** The count of each kind of disagreement: `origin_only_refuses command -`. */
	readonly disagreements: Readonly<Record<string, number>>;
	readonly safe: boolean;
}

/**
 * @param key the edge's `STATUS_SECRET`
 * @throws unless the edge answers, in the words of this version
 */
export async function askReadiness(edge: string, key: Key, nowSeconds: number): Promise<Readiness> {
	const answer = await askEdge(edge, "/.edge/ready", key, nowSeconds);
	if (answer.comparedByRoute === undefined)
		throw new Error(`${edge} does not tell its comparisons by route: deploy this version of the edge`);
	return answer as unknown as Readiness;
}

/** Describes the compared and the missing routes. The verdict is the last line. */
export function* describeReadiness(readiness: Readiness): Generator<Finding> {
	const { compared, needed, comparedByRoute, neverCompared, neverCalled, socketRequests } = readiness;
	for (const [route, count] of Object.entries(comparedByRoute))
		yield { mark: "good", text: `${route}: ${count} compared` };
	for (const [what, count] of Object.entries(readiness.disagreements))
		yield { mark: "bad", text: `${count} × ${what}`, mend: mendOf(what) };
	if (compared < needed)
		yield {
			mark: "bad",
			text: `${compared} of ${needed} needed requests compared`,
			mend: "let shadow mode run on",
		};
	for (const routes of neverCompared)
		yield {
			mark: "bad",
			text: `${routes}: never compared`,
			mend: "open a document, save it, and let your integration call",
		};
	if (neverCalled.length > 0)
		yield { mark: "note", text: `never called, so nothing is known about: ${neverCalled.join(", ")}` };
	yield {
		mark: "note",
		text: `socket: ${socketRequests} requests; it cannot be compared, so test it: docs-edge doctor`,
	};
	yield readiness.safe
		? { mark: "good", text: "safe to enforce" }
		: { mark: "bad", text: "not safe to enforce" };
}

/** @param what `edge_only_refuses command token_missing` */
function mendOf(what: string): string {
	const [, , reason = "-"] = what.split(" ");
	return reason === "-"
		? "the origin may hold another secret: docs-edge doctor, then ORIGIN_JWT_SECRET or ORIGIN_SECURE_LINK_SECRET"
		: `docs-edge describe ${reason}`;
}
