/**
 * Reads the bindings that are objects on the platform and texts in `npm start`:
 *
 *   LIMIT_REFUSED=5/10         5 requests in 10 seconds
 *   DENY_LIST='{"…": …}'       what the KV namespace holds, or @FILE with it
 */
import { readFileSync, watchFile } from "node:fs";
import { RATE_LIMIT_NAMES } from "../src/config/bindings.ts";
import type { LocalRateLimit } from "./edge.ts";

const RATE_LIMIT = /^([1-9]\d{0,8})\/(10|60)$/;
/** A limit of the edge, or of one host: `ACME_LIMIT_CALLS`. */
const isRateLimit = (name: string) =>
	RATE_LIMIT_NAMES.some((limit) => name === limit || name.endsWith(`_${limit}`));

/** @throws for a value that is not like 5/10 */
export function localRateLimits(environment: NodeJS.ProcessEnv): Record<string, LocalRateLimit> {
	const set = Object.entries(environment).filter(([name, value]) => isRateLimit(name) && value);
	return Object.fromEntries(
		set.map(([name, value = ""]) => {
			const [, limit, period] = RATE_LIMIT.exec(value) ?? [];
			if (limit === undefined)
				throw new Error(`${name} is not like 5/10: requests, a slash, and 10 or 60 seconds`);
			return [name, { limit: Number(limit), period: period === "10" ? 10 : 60 }];
		}),
	);
}

export interface LocalDenyList {
	readonly text: string;
	/** Calls back with each new text of the file; of no use without a file. */
	readonly onChange: (take: (text: string) => void) => void;
}

const WATCH_MS = 500;

/** @returns `undefined` without the binding. @throws if the file cannot be read */
export function localDenyList({ DENY_LIST = "" }: NodeJS.ProcessEnv): LocalDenyList | undefined {
	if (DENY_LIST === "") return undefined;
	if (!DENY_LIST.startsWith("@")) return { text: DENY_LIST, onChange: () => undefined };
	const file = DENY_LIST.slice(1);
	const read = () => readFileSync(file, "utf8");
	return {
		text: read(),
		onChange: (take) => void watchFile(file, { interval: WATCH_MS, persistent: false }, () => take(read())),
	};
}
