/**
 * Decides whether an accepted credential has to be re-signed. The origin may hold another secret than the edge's key
 * that matched.
 */
import type { Acceptance } from "../../verdict.ts";
import type { Host } from "../host.ts";
import type { Key } from "./key-ring.ts";
import type { RingKind } from "./rings.ts";

/** @returns the origin's key to re-sign with; `undefined` if the origin takes the credential as it is */
export function originKeyFor(host: Host, ring: RingKind, { keyName }: Acceptance): Key | undefined {
	const originKey = host.originKeys[ring];
	if (originKey === undefined || keyName === undefined) return undefined;
	const matched = host.keys[ring].keys.find(({ name }) => name === keyName);
	return matched?.secret === originKey.secret ? undefined : originKey;
}
