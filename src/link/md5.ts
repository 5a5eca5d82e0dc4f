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
	const state = new State(true);
	state.update(LARGE_WORDS).base64();
	return state;
}
/**
 * The digest of these bytes has four words of more than 31 bits. The shape of a state is final when each word has been
 * larger than V8's small integers.
 */
export const LARGE_WORDS = new Uint8Array(64).fill(3);

/** `shape` keeps the state reachable, so that no bundler drops it. */
const digest = Object.assign(toBase64, { shape: keepShape() });

export const md5Base64Url = (bytes: Uint8Array): string =>
	digest(bytes).slice(0, CHARACTERS).replaceAll("+", "-").replaceAll("/", "_");
