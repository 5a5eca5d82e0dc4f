/**
 * MD5, in the letters that nginx's secure link has. js-md5 is quicker for a short text than the platform's digest.
 */
import { md5 } from "js-md5";

/** 16 bytes in base64url, without padding. */
const CHARACTERS = 22;

const toBase64 = (bytes: Uint8Array): string => md5.base64(bytes);

/**
 * A state of js-md5 that is never dropped. V8 throws away optimised code when a garbage collection finds no object of a
 * shape that the code knows, and every other state lives only for one digest. After each full collection the check of a
 * link, with all that V8 had inlined into it, would run unoptimised for a while.
 */
function keepShape(): object {
	const State = md5.create().constructor as new (usesSharedMemory: boolean) => ReturnType<typeof md5.create>;
	let state = new State(true);
	for (let round = 0; round < ROUNDS; round++) {
		state = new State(true);
		state.update(new Uint8Array(LONGER_THAN_A_BLOCK).fill(round)).base64();
	}
	return state;
}
/** The shape is final when each number in a state has been large once. */
const ROUNDS = 64;
/** The block of MD5 has 64 bytes (RFC 1321 §3.4). */
const LONGER_THAN_A_BLOCK = 100;

/** `shape` keeps the state reachable, so that no bundler drops it. */
const digest = Object.assign(toBase64, { shape: keepShape() });

export const md5Base64Url = (bytes: Uint8Array): string =>
	digest(bytes).slice(0, CHARACTERS).replaceAll("+", "-").replaceAll("/", "_");
