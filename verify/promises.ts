/**
 * All promises, in the order of `docs/promises.md`.
 */
import type { Promised } from "./promise.ts";

export const PROMISES: readonly Promised[] = [];
