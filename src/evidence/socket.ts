/**
 * The evidence of the editor's socket: what a request brings into it, and how the rest is to be read.
 */
import type { Host } from "../config/host.ts";
import type { Target } from "../target/target.ts";
import type { Refusal } from "../verdict.ts";
import { type Body, readRawBody } from "./body.ts";
import { checkPollingBody } from "./polling-body.ts";
import { readSocketRequest } from "./socket-request.ts";
import type { SocketRules } from "./socket-token.ts";

/** What is still to be checked while the request is forwarded. */
export interface AcceptedSocket {
	readonly way: "websocket" | "poll" | "packets";
	/** Whether a WebSocket takes over from a polling session. */
	readonly continues: boolean;
	readonly rules: SocketRules;
	/** What was refused of the packets of a POST, whose rest goes on. */
	readonly refusals: readonly Refusal[];
}

export interface CheckedSocket {
	readonly socket?: AcceptedSocket;
	/** The packets of a POST, with what was refused replaced. */
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
	const rules: SocketRules = {
		keys: host.keys,
		tokenRequired: host.tokenEnabled.browser,
		toleranceSeconds: host.clockToleranceSeconds,
	};
	const continues = way === "websocket" && socketRequest.continues;
	if (way !== "packets") return { socket: { way, continues, rules, refusals: [] } };

	const body = await readRawBody(request);
	if ("ok" in body) return body;
	const { text, refusals } = await checkPollingBody(body.text, rules, nowSeconds);
	const socket = { way, continues, rules, refusals };
	if (refusals.length === 0) return { socket, body };
	return { socket, body: { text, bytes: Uint8Array.from(new TextEncoder().encode(text)) } };
}
