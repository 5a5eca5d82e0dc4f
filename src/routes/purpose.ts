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

/** The routes that take tokens of one purpose only. */
export const PURPOSE_OF_ROUTE: Readonly<Partial<Record<RouteId, Purpose>>> = {
	command: "command",
	convert: "conversion",
	builder: "builder",
	callback: "callback",
};

/** What else a request to a route serves, whatever its token was made for. */
export const SERVED_PURPOSES: Readonly<Partial<Record<RouteId, readonly Purpose[]>>> = {
	download: ["download"],
	"download-file": ["download", "history"],
	"wopi-page": ["wopi"],
	"wopi-call": ["wopi"],
	"wopi-convert": ["wopi", "conversion"],
	socket: ["editor"],
	upload: ["editor"],
	"download-as": ["editor"],
	"save-file": ["editor"],
	"print-file": ["editor"],
	"ai-proxy": ["editor"],
};
