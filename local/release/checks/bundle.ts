/**
 * Two clean clones have to give the same bundle. Then anybody can build the bundle of a release from its source, and
 * compare its SHA-256: a bundle with other code in it would show.
 */
import { createHash } from "node:crypto";
import { bad, good, type Outcome } from "../outcome.ts";

export interface CleanBundles {
	readonly commit: string;
	readonly bundles: readonly [Uint8Array, Uint8Array];
	/** Why the packages are not those of the lock file. */
	readonly notFromLock?: string | undefined;
	/** The working tree differs from the commit. */
	readonly isDirty: boolean;
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export function checkBundle({ commit, bundles, notFromLock, isDirty }: CleanBundles): Outcome {
	const [first, second] = bundles;
	if (first.length === 0) return bad("the bundle is empty");
	const at = first.findIndex((byte, index) => byte !== second[index]);
	if (at >= 0 || first.length !== second.length)
		return bad(`two clean clones give other bytes (${first.length} and ${second.length})`, [
			`they differ from byte ${at >= 0 ? at : first.length} on`,
		]);
	const more = [`sha256 ${sha256(first)}`];
	if (isDirty) more.push("changes that are not committed are not in it");
	const same = `the same ${first.length} bytes from two clean clones of ${commit.slice(0, 7)}`;
	if (notFromLock === undefined) return good(same, more);
	const text = `${same}, but not asked: the packages of the lock file (${notFromLock}); those of this folder were used`;
	return { mark: "not asked", text, more };
}
