/**
 * The measured cases as inputs to begin with: they hold every spelling that the real servers were asked about.
 */
import {
	linkVectors,
	normalisedTarget,
	requestVectors,
	socketVectors,
	targetBytes,
} from "../../test/node/support/vectors.ts";
import tokenVectors from "../../test/vectors/tokens.json" with { type: "json" };

/** So many of each kind, evenly from the whole list: all of them would take the time of a short run. */
const MOST = 150;

function sample(all: readonly string[]): string[] {
	const different = [...new Set(all)];
	const step = Math.max(1, different.length / MOST);
	return Array.from(
		{ length: Math.min(MOST, different.length) },
		(_, at) => different[Math.floor(at * step)] ?? "",
	);
}

const targets = [...linkVectors, ...requestVectors].flatMap((vector) => {
	const target = normalisedTarget(targetBytes(vector));
	return target === undefined ? [] : [{ method: vector.method, target }];
});

/** Path and query. */
export const vectorTargets = () => sample(targets.map(({ target }) => target));
/** Method, a space, and the URL. */
export const vectorRequests = () =>
	sample(targets.map(({ method, target }) => `${method} https://docs.example.com${target}`));
export const vectorTokens = () => sample(tokenVectors.tokens.map(({ token }) => String(token)));
export const vectorBodies = () => sample(requestVectors.map(({ body }) => body ?? ""));
/** Bodies of polling requests, and text frames. */
export const vectorPackets = () =>
	sample(
		socketVectors.flatMap(({ steps }) =>
			steps.flatMap(({ dir, data }) => (dir === ">" && data ? [data] : [])),
		),
	);
