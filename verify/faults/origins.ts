/**
 * All origins of the product: those that fail before their response, and those that respond, well or badly.
 */
import { createServer, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Listening, listen } from "../../test/node/support/faults/listening.ts";
import {
	ERROR_RESPONSE,
	FINE_PATH,
	HALF_RESPONSE,
	HEALTH_PATH,
	misbehaving,
	ORIGIN_FAULTS,
	type Told,
} from "../../test/node/support/faults/origins.ts";

export interface ProductOrigin {
	readonly name: string;
	readonly start: () => Promise<Listening>;
	/** The edge's own answer, or what happens to the origin's response on its way to the client. */
	readonly outcome: Told | { readonly status: number; readonly body: "whole" | "breaks off" | "stops" };
	/** It answers or fails before the whole body of a request is there. */
	readonly isEarly: boolean;
	/** It answers other requests well. */
	readonly servesOthers: boolean;
	/** Its health check never answers: only this client's failures would tell that it is down. */
	readonly isHealthSilent: boolean;
	/** Bindings of its hosts. */
	readonly bindings: Readonly<Record<string, string>>;
}

/** It is the limit of the health check too. With less, a healthy origin would exceed it on a busy machine. */
const SHORT_LIMIT = { ORIGIN_TIMEOUT_SECONDS: "2", ORIGIN_FILE_TIMEOUT_SECONDS: "2" };
const LATE_MS = 400;
const BODY = Buffer.alloc(256 * 1024, "x");
const PIECES = 5;
/** workerd reuses idle connections for some seconds. A call fails if the origin closes one at that moment. */
const KEEP_ALIVE_MS = 60_000;

const plain = { isEarly: true, servesOthers: true, isHealthSilent: false, bindings: {} };

/** @param respond writes the whole body */
const answering =
	(respond: (response: ServerResponse) => unknown, isHealthSilent = false) =>
	() =>
		listen(
			createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
				request.on("error", () => undefined);
				if (isHealthSilent && request.url === HEALTH_PATH) return;
				request.resume();
				request.on("end", () =>
					request.url === FINE_PATH || request.url === HEALTH_PATH ? response.end("true") : respond(response),
				);
			}),
		);
const breaking = (onRequest: (socket: Socket) => unknown) => () => listen(misbehaving([], onRequest));

async function drip(response: ServerResponse): Promise<void> {
	response.writeHead(200, { "Content-Length": PIECES });
	for (let sent = 0; sent < PIECES; sent++) {
		response.write("x");
		await pause(LATE_MS / PIECES);
	}
	response.end();
}

export const HEALTHY_ORIGIN: ProductOrigin = {
	...plain,
	name: "answers well",
	start: answering((response) => response.end(BODY)),
	outcome: { status: 200, body: "whole" },
	isEarly: false,
};

export const PRODUCT_ORIGINS: readonly ProductOrigin[] = [
	...ORIGIN_FAULTS.map(({ name, start, told, reads }) => ({
		...plain,
		name,
		start: () => start([]),
		outcome: told,
		isEarly: told.status !== 504,
		servesOthers: reads,
		bindings: told.status === 504 ? SHORT_LIMIT : {},
	})),
	{
		...plain,
		name: "answers 503",
		start: breaking((socket) => socket.end(ERROR_RESPONSE)),
		outcome: { status: 503, body: "whole" },
	},
	{
		...plain,
		name: "resets in the middle of its response",
		start: breaking((socket) => socket.write(HALF_RESPONSE, () => socket.resetAndDestroy())),
		outcome: { status: 200, body: "breaks off" },
	},
	{
		...plain,
		name: "closes in the middle of its response",
		start: breaking((socket) => socket.end(HALF_RESPONSE)),
		outcome: { status: 200, body: "breaks off" },
	},
	{
		...plain,
		name: "stops in the middle of its response",
		start: breaking((socket) => socket.write(HALF_RESPONSE)),
		outcome: { status: 200, body: "stops" },
	},
	{
		...HEALTHY_ORIGIN,
		name: "answers late",
		start: answering((response) => pause(LATE_MS).then(() => response.end(BODY))),
	},
	{ ...HEALTHY_ORIGIN, name: "answers slowly", start: answering(drip) },
	HEALTHY_ORIGIN,
	{
		...HEALTHY_ORIGIN,
		name: "answers well, but not its health check",
		start: answering((response) => response.end(BODY), true),
		isHealthSilent: true,
		bindings: SHORT_LIMIT,
	},
];
