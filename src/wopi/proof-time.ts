/**
 * Reads `X-WOPI-TimeStamp`: the time of the request in .NET ticks (100 ns since year 1).
 *
 * A tick count is a BigInt: a Number could not hold it exactly, and the signed bytes would differ from the sent ones.
 */

/** A decimal without sign or leading zeros. Nineteen digits always fit into the 64 bits that are signed. */
const TICKS = /^[1-9]\d{17,18}$/;
const TICKS_PER_MS = 10_000n;
/** 1970-01-01, in ticks. */
const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

const MINUTE_MS = 60_000n;
/** Microsoft's WOPI documentation: a time stamp is no more than 20 minutes old. */
const MAX_AGE_MS = 20n * MINUTE_MS;
/** A time stamp further ahead would stay valid for much longer than 20 minutes. */
const MAX_AHEAD_MS = 5n * MINUTE_MS;

/** @returns `undefined` for a text that the server does not write */
export function readTicks(text: string | null): bigint | undefined {
	return text !== null && TICKS.test(text) ? BigInt(text) : undefined;
}

/** @param nowMs Unix time in milliseconds */
export function isInTime(ticks: bigint, nowMs: number): boolean {
	const ageTicks = BigInt(Math.floor(nowMs)) * TICKS_PER_MS + UNIX_EPOCH_TICKS - ticks;
	return ageTicks <= MAX_AGE_MS * TICKS_PER_MS && ageTicks >= -MAX_AHEAD_MS * TICKS_PER_MS;
}

/** Unix time in milliseconds. */
export const toUnixMs = (ticks: bigint): number => Number((ticks - UNIX_EPOCH_TICKS) / TICKS_PER_MS);
