/**
 * The bundle that is deployed. All checks of one run share it.
 */
import { buildBundle } from "../local/build.ts";

let built: Promise<string> | undefined;

/** @returns the source of the Worker, one module */
export const builtBundle = (): Promise<string> => {
	built ??= buildBundle();
	return built;
};
