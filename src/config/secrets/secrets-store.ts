/**
 * Reads secrets of a Secrets Store. Such a binding is an object with `get()`, and `get()` can fail.
 */
import { type Bindings, SECRET_NAMES } from "../bindings.ts";
import type { HostSource } from "../host.ts";

interface StoreBinding {
	readonly get: () => Promise<string>;
}

function isStoreBinding(value: unknown): value is StoreBinding {
	return (
		typeof value === "object" && value !== null && typeof (value as Partial<StoreBinding>).get === "function"
	);
}

export const hasSecretsStore = ({ bindings, prefix }: HostSource): boolean =>
	SECRET_NAMES.some((name) => isStoreBinding(bindings[prefix + name]));

/** A secret that cannot be read becomes "", which is reported as invalid: it does not fall back to another binding. */
export async function readSecretsStore({
	bindings,
	prefix,
}: HostSource): Promise<{ secrets: Bindings; failed: boolean }> {
	let failed = false;
	const secrets: Record<string, unknown> = {};
	for (const name of SECRET_NAMES.map((one) => prefix + one)) {
		const value = bindings[name];
		if (!isStoreBinding(value)) continue;
		try {
			secrets[name] = await value.get();
		} catch {
			failed = true;
			secrets[name] = "";
		}
	}
	return { secrets, failed };
}
