/** Vitest's global setup of this project: the tests run the very bundle that deploys. */
import { buildBundle } from "../../../local/build.ts";

export async function setup(): Promise<void> {
	await buildBundle();
}
