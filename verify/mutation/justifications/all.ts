/**
 * The justifications of all areas.
 */
import type { Justification } from "../justified.ts";
import { CLAIMS } from "./claims.ts";
import { FILE_CACHE } from "./file-cache.ts";
import { LINK } from "./link.ts";
import { REQUEST } from "./request.ts";
import { REWRITE } from "./rewrite.ts";
import { ROUTES } from "./routes.ts";
import { SOCKET } from "./socket.ts";
import { TOKEN } from "./token.ts";

export const JUSTIFICATIONS: readonly Justification[] = [
	...TOKEN,
	...LINK,
	...CLAIMS,
	...REQUEST,
	...REWRITE,
	...ROUTES,
	...SOCKET,
	...FILE_CACHE,
];
