/**
 * The record of one decision, as it is counted and measured, and what its line in the log says beside that.
 */
import type { RouteId } from "../routes/route.ts";
import type { Fault, NearMiss, Reason } from "../verdict.ts";

/** How the edge's verdict and the origin's response compare in shadow mode. */
export type Comparison = "agree" | "edge_only_refuses" | "origin_only_refuses";

export interface DecisionRecord {
	/** Unix time in milliseconds: when the request, or the socket's packet, came in. */
	readonly receivedMs: number;
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
	/** Status of the response; `undefined` for a refused packet of a socket, which has no response of its own. */
	readonly status: number | undefined;
	readonly ms: number;
	/** Only in shadow mode, where the request was forwarded whatever the verdict. */
	readonly shadow?: Comparison | "not compared" | undefined;
}

/** Only the log has these. Absent where they do not apply. */
export interface LineDetails {
	/** By how many seconds a refused token or link was expired. */
	readonly expiredBy?: number | undefined;
	readonly nearMiss?: NearMiss | undefined;
	/** Hostname of the integration that an accepted editor token names. */
	readonly callbackHost?: string | undefined;
	/** The client's address, as far as `LOG_CLIENT_IP` allows. */
	readonly client?: string | undefined;
	/** The line stands for so many accepted requests. */
	readonly sampled?: number | undefined;
}
