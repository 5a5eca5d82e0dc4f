/**
 * Secrets that are bound from a Secrets Store: an object that gives its text when it is asked, or fails to.
 */
import { type Bindings, SECRET_NAMES } from "../bindings.ts";
import type { HostSource } from "../hosts-and-tenants.ts";

interface StoredSecret {
	readonly get: () => Promise<string>;
}

function isStored(value: unknown): value is StoredSecret {
	return (
		typeof value === "object" && value !== null && typeof (value as Partial<StoredSecret>).get === "function"
	);
}

export const hasStored = ({ bindings, prefix }: HostSource): boolean =>
	SECRET_NAMES.some((name) => isStored(bindings[prefix + name]));

/** A secret that cannot be read is one that is unusable, not one that is missing. */
export async function readStored({
	bindings,
	prefix,
}: HostSource): Promise<{ secrets: Bindings; failed: boolean }> {
	let failed = false;
	const secrets: Record<string, unknown> = {};
	for (const name of SECRET_NAMES.map((one) => prefix + one)) {
		const value = bindings[name];
		if (!isStored(value)) continue;
		try {
			secrets[name] = await value.get();
		} catch {
			failed = true;
			secrets[name] = "";
		}
	}
	return { secrets, failed };
}
