/**
 * The types of the Hono app: what each middleware leaves in Hono's context for the next ones.
 *
 * The middlewares read a value with `c.get()`. Each use of `c.var` would copy all values.
 */
import type { Context } from "hono";
import type { Bindings } from "../config/bindings.ts";
import type { Host } from "../config/host.ts";
import type { Decision } from "../decide.ts";
import type { Outcome, RecordVerdict } from "../observe/recorder.ts";
import type { Target } from "../request/target.ts";
import type { Refusal } from "../verdict.ts";

export interface EdgeEnv {
	Bindings: Bindings;
	Variables: {
		// Left by identify().
		readonly target: Target | Refusal;
		/** `undefined` for a hostname that the edge does not serve. */
		readonly host: Host | undefined;
		/** The response's `X-Request-Id`, and the `id` in the log. */
		readonly requestId: string;
		/** Unix time in milliseconds. */
		readonly receivedMs: number;
		// Left by judge().
		readonly decision: Decision;
		// Left by record().
		readonly record: RecordVerdict;
		/** The facts that record() writes beside the verdict. Left by shadow() and by each refusal. */
		readonly outcome: Outcome | undefined;
	};
}

export type EdgeContext = Context<EdgeEnv>;
