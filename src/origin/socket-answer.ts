/**
 * The origin's answer to a request of the editor's socket, on its way to the client: a WebSocket through
 * the gate, a poll with the edge's refusals in their place.
 */
import type { Host } from "../config/host.ts";
import { restoreRefusals } from "../evidence/polling-body.ts";
import type { AcceptedSocket } from "../evidence/socket.ts";
import { createSocketGate } from "../evidence/socket-gate.ts";
import type { Verdict } from "../verdict.ts";
import { bridgeSocket } from "./socket-bridge.ts";

/** A refusal comes in the first answers of a session, which are short; longer ones are streamed unread. */
const READ_LIMIT_BYTES = 64 * 1024;

/** @param onVerdict told of every credential that comes through a WebSocket */
export function answerSocket(
	answer: Response,
	{ way, continues }: AcceptedSocket,
	host: Host,
	onVerdict: (verdict: Verdict) => void,
): Response | Promise<Response> {
	if (way === "packets") return answer;
	if (way === "poll") return restoreInPoll(answer);
	return bridgeSocket(answer, createSocketGate(host, continues, onVerdict), host.socketConnectMs);
}

async function restoreInPoll(answer: Response): Promise<Response> {
	const length = Number(answer.headers.get("Content-Length") ?? 0);
	if (answer.status !== 200 || length > READ_LIMIT_BYTES) return answer;
	const untouched = answer.clone();
	const packets = await answer.text();
	const restored = restoreRefusals(packets);
	if (restored === packets) return untouched;
	const headers = new Headers(answer.headers);
	headers.delete("Content-Length");
	headers.delete("Content-Encoding");
	return new Response(restored, { status: 200, headers });
}
