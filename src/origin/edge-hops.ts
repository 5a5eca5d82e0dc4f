/**
 * Counts the edges that a request has passed. If `ORIGIN` leads back to the edge, one request would circle until the
 * process has no file descriptors left. The edge counts the hops and refuses the request with 508 after three edges.
 *
 * Some edges in a row are normal: one for all sites, and one in front of each server. The count travels in a header
 * of the edge's own. A client can send this header too, but it only shortens the way of its own request.
 */

/** The number of edges that one request may pass. */
export const EDGES_LIMIT = 3;
const HEADER = "X-Edge-Hops";
/** WebDAV's "Loop Detected" (RFC 5842 §7.2). */
const LOOP_DETECTED = 508;

/**
 * @returns `undefined` if the request has passed enough edges, or if the header has a value that no edge writes: a
 * proxy in the loop may have changed the count
 */
export function nextHop(received: Headers): readonly [name: string, value: string] | undefined {
	const value = received.get(HEADER) ?? "0";
	const edges = /^\d$/.test(value) ? Number(value) : EDGES_LIMIT;
	return edges < EDGES_LIMIT ? [HEADER, String(edges + 1)] : undefined;
}

/**
 * Whether the origin's response proves a loop, or a chain of too many edges. A request that came with a count proves
 * nothing: its client may have caused the 508 with that count.
 */
export function provesLoop(received: Headers, { status, headers }: Response): boolean {
	return (
		status === LOOP_DETECTED && headers.get("X-Edge-Reason") === "edge_loop" && received.get(HEADER) === null
	);
}
