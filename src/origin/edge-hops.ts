/**
 * How many edges a request has been through. An `ORIGIN` that leads back to the edge would send one request
 * round until the process has no more files; here it ends after a few hops, with 508.
 *
 * Some edges in a row are usual: one for all sites, and one before each server. The count goes in a header of the
 * edge's own, which a client can send too: then it shortens the way of its own request, and nobody else's.
 */

/** A request may go through so many edges. */
export const EDGES_LIMIT = 3;
const HEADER = "X-Edge-Hops";
/** WebDAV's "Loop Detected" (RFC 5842 §7.2). */
const LOOP_DETECTED = 508;

/**
 * @returns `undefined` for a request that has been through enough; also for a value that no edge writes, as
 * it may be a count that a proxy in the loop has changed
 */
export function nextHop(received: Headers): readonly [name: string, value: string] | undefined {
	const value = received.get(HEADER) ?? "0";
	const edges = /^\d$/.test(value) ? Number(value) : EDGES_LIMIT;
	return edges < EDGES_LIMIT ? [HEADER, String(edges + 1)] : undefined;
}

/**
 * Whether the origin's answer proves that the origin is this edge, or too long a chain of them: the request
 * came with no count, so every hop in it is the edges' own.
 */
export function provesLoop(received: Headers, { status, headers }: Response): boolean {
	return (
		status === LOOP_DETECTED && headers.get("X-Edge-Reason") === "edge_loop" && received.get(HEADER) === null
	);
}
