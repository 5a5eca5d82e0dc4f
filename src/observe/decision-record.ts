/**
 * The record of one decision, as it is logged, counted and measured.
 */
import type { RouteId } from "../routes/route.ts";
import type { Fault, Reason } from "../verdict.ts";

/** How the edge's verdict and the origin's response compare in shadow mode. */
export type Comparison = "agree" | "edge_only_refuses" | "origin_only_refuses";

export interface DecisionRecord {
	/** ISO 8601: when the request, or the socket's packet, came in. */
	readonly time: string;
	/** The response's `X-Request-Id`. */
	readonly id: string;
	readonly host: string;
	readonly method: string;
	readonly route: RouteId;
	readonly verdict: "accept" | "refuse";
	/** Why the request was refused, or what failed behind the edge. */
	readonly reason?: Reason | Fault | undefined;
	/** The advisory whose rule refuses. */
	readonly advisory?: string | undefined;
	/** Name of the key that matched. */
	readonly key?: string | undefined;
	/** For a cached file: what the edge's cache did. */
	readonly cache?: string | undefined;
	/** Status of the response. */
	readonly status: number;
	readonly ms: number;
	/** Only in shadow mode, where the request was forwarded whatever the verdict. */
	readonly shadow?: Comparison | "not compared" | undefined;
}
