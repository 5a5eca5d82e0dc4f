/**
 * Checks one HTTP request of the editor's socket: a WebSocket upgrade, a polling GET or a polling POST.
 *
 * Only a polling POST carries credentials in the request itself. `socket-response.ts` reads the frames of a WebSocket
 * and the responses to polling GETs.
 */
import { bodyRules } from "../config/body-rules.ts";
import type { Host } from "../config/host.ts";
import { POLLING_BODY_BYTES } from "../config/limits.ts";
import { type Body, readBytes } from "../request/body.ts";
import type { Target } from "../request/target.ts";
import type { Refusal, Verdict } from "../verdict.ts";
import { readSocketRequest } from "./handshake.ts";
import { checkPollingBody } from "./polling-body.ts";

/** A request whose check continues while it is forwarded. */
export interface AcceptedSocket {
	readonly way: "websocket" | "poll" | "packets";
	/** Whether a WebSocket takes over from a polling session. */
	readonly continues: boolean;
	/** The verdict on each credential in a POST. A packet that was refused is replaced; the others are forwarded. */
	readonly verdicts: readonly Verdict[];
}

export interface CheckedSocket {
	readonly socket?: AcceptedSocket;
	/** The packets of a POST as they go to the origin. */
	readonly body?: Body;
}

export async function checkSocket(
	request: Request,
	target: Target,
	host: Host,
	nowSeconds: number,
): Promise<CheckedSocket | Refusal> {
	const socketRequest = readSocketRequest(target, request.headers.get("Upgrade"));
	if ("ok" in socketRequest) return socketRequest;
	const { way } = socketRequest;
	if (way === "other") return {};
	const continues = way === "websocket" && socketRequest.continues;
	if (way !== "packets") return { socket: { way, continues, verdicts: [] } };

	const body = await readBytes(request, bodyRules(host, "socket", POLLING_BODY_BYTES));
	if ("ok" in body) return body;
	const checked = await checkPollingBody(body, host, nowSeconds);
	if ("ok" in checked) return checked;
	const { bytes, verdicts } = checked;
	return { socket: { way, continues, verdicts }, body: { text: "", bytes } };
}
