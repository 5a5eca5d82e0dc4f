/**
 * All promises, in the order of `docs/promises.md`.
 */
import type { Promised } from "./promise.ts";
import { BYPASS } from "./promises/bypass.ts";
import { CLIENTS } from "./promises/clients.ts";
import { FAULTS } from "./promises/faults.ts";
import { FUZZ } from "./promises/fuzz.ts";
import { LINKS } from "./promises/links.ts";
import { MEMORY } from "./promises/memory.ts";
import { NOTICED_FAULTS } from "./promises/noticed-faults.ts";
import { ROTATION } from "./promises/rotation.ts";
import { SECRETS } from "./promises/secrets.ts";
import { SOCKETS } from "./promises/sockets.ts";
import { TIMING } from "./promises/timing.ts";
import { TOKENS } from "./promises/tokens.ts";

export const PROMISES: readonly Promised[] = [
	LINKS,
	TOKENS,
	SOCKETS,
	BYPASS,
	FUZZ,
	NOTICED_FAULTS,
	SECRETS,
	TIMING,
	MEMORY,
	FAULTS,
	ROTATION,
	CLIENTS,
];
