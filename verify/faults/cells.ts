/**
 * The product of origins, routes and clients: each cell has a host of its own, and the answers that its client may see.
 */
import { CLIENT_BEHAVIOURS, type ClientBehaviour } from "../../test/node/support/faults/clients.ts";
import { type Told, UNREACHABLE } from "../../test/node/support/faults/origins.ts";
import { FAULT_ROUTES, type FaultRoute } from "../../test/node/support/faults/routes.ts";
import { PRODUCT_ORIGINS, type ProductOrigin } from "./origins.ts";

export interface Cell {
	readonly name: string;
	/** Its circuit and its cached files are its own. */
	readonly hostname: string;
	readonly origin: ProductOrigin;
	readonly route: FaultRoute;
	readonly client: ClientBehaviour;
}

/** A client without a body cannot stop in the middle of it: those cells are left out. */
export const CELLS: readonly Cell[] = PRODUCT_ORIGINS.flatMap((origin, o) =>
	FAULT_ROUTES.flatMap((route, r) =>
		CLIENT_BEHAVIOURS.filter(({ needsBody }) => route.body !== "none" || !needsBody).map((client, c) => ({
			name: `the origin ${origin.name}; ${route.name}; the client ${client.name}`,
			hostname: `o${o}r${r}c${c}.test`,
			origin,
			route,
			client,
		})),
	),
);

/** The client's pause ends its request after this time. Every other pause is shorter. */
const STALL = { CLIENT_STALL_SECONDS: "1" };

export const bindingsOf = ({ origin, route, client }: Cell, originUrl: string) => ({
	ORIGIN: originUrl,
	...origin.bindings,
	...route.bindings,
	...(client.sendsAll ? {} : STALL),
});

export interface Expected {
	/** 0: no answer. */
	readonly status: number;
	/** `undefined`: the answer is the origin's own. */
	readonly reason: string | undefined;
	readonly body: "whole" | "breaks off" | "stops";
	/** The edge's own words. */
	readonly words?: { readonly contentType: string; readonly body: RegExp };
}

const STALLED: Expected = { status: 408, reason: "client_stalled", body: "whole" };
const DOWN: Expected = { status: 503, reason: "origin_down", body: "whole" };

/** @returns the answers that are right; any of them may come */
export function expectedOf({ origin, route, client }: Cell): readonly Expected[] {
	const { outcome, isEarly, servesOthers } = origin;
	if (!client.sendsAll && (route.body === "held" || !isEarly)) return [STALLED];
	// On a busy machine an origin may fail later than the client stalls.
	const orStalled = client.sendsAll ? [] : [STALLED];
	const told = (told: Told): Expected => ({
		status: told.status,
		reason: told.reason,
		body: "whole",
		words: { contentType: route.contentType, body: route.words(told.codes) },
	});
	if ("reason" in outcome) {
		// Several requests at once open the circuit of a dead origin.
		return [told(outcome), ...(servesOthers ? [] : [DOWN]), ...orStalled];
	}
	const { status, body } = outcome;
	if (body !== "whole" && route.holdsResponse) {
		return [body === "stops" ? { status: 0, reason: undefined, body } : told(UNREACHABLE)];
	}
	const isHead = route.request("").method === "HEAD";
	return [{ status, reason: undefined, body: isHead ? "whole" : body }, ...orStalled];
}
