/**
 * The purposes of tokens: what a token was made for. `claims/purpose.ts` reads the purpose of a token, and the deny list
 * names purposes.
 */
import type { RouteId } from "./route.ts";

export const PURPOSES = [
	"command",
	"conversion",
	"builder",
	"editor",
	"download",
	"history",
	"callback",
	"wopi",
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The routes that serve one purpose only. */
export const PURPOSE_OF_ROUTE: Readonly<Partial<Record<RouteId, Purpose>>> = {
	command: "command",
	convert: "conversion",
	builder: "builder",
	callback: "callback",
	"wopi-page": "wopi",
	"wopi-call": "wopi",
	"wopi-convert": "conversion",
};
