/**
 * The host of the bindings on this machine, with the deny list of its `DENY`.
 */
import type { Bindings } from "../config/bindings.ts";
import { createDenyLists } from "../config/deny/deny-lists.ts";
import { withDenyRules } from "../config/deny/deny-rules.ts";
import type { Host } from "../config/host.ts";
import { readHost } from "../config/read-host.ts";

/** @param hostname for the rule `hosts` of the deny list */
export async function readLocalHost(bindings: Bindings, nowSeconds: number, hostname = ""): Promise<Host> {
	const { DENY } = bindings;
	const lists = createDenyLists({ DENY }, () => undefined);
	const rules = await lists.current(nowSeconds * 1000, () => undefined);
	return withDenyRules(readHost(bindings, nowSeconds), rules, hostname);
}
