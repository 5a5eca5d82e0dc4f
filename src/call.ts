/**
 * One call to the edge, as the Worker's entry hands it in.
 */
import type { Host } from "./config/host.ts";
import type { Dataset } from "./observe/decision-record.ts";
import type { Target } from "./request/target.ts";
import type { Refusal } from "./verdict.ts";

export interface Call {
	/** `undefined`: none of this edge. */
	readonly host: Host | undefined;
	readonly target: Target | Refusal;
	readonly metrics: Dataset | undefined;
}
