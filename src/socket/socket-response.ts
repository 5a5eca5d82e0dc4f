/**
 * Keeps the editor's socket under check in the origin's response. A WebSocket passes the gate. In the response to a
 * polling GET, the edge's refusals are restored. The response to a polling POST stays as it is.
 */
import type { Host } from "../config/host.ts";
import { readShortText } from "../origin/short-text.ts";
import type { Fault, Verdict } from "../verdict.ts";
import { bridgeSocket } from "./bridge.ts";
import type { AcceptedSocket } from "./check-socket.ts";
import { createSocketGate } from "./gate.ts";
import { restoreRefusals } from "./polling-body.ts";
import type { Recheck } from "./recheck.ts";

/** A refusal comes in the first responses of a session, which are short. Longer responses are streamed unread. */
const READ_LIMIT_BYTES = 64 * 1024;

/**
 * @param onVerdict called for every credential that comes through a WebSocket
 * @param recheck asks the deny lists about an open WebSocket; absent if they cannot change
 */
export function socketResponse(
	response: Response,
	{ way, continues }: AcceptedSocket,
	host: Host,
	onVerdict: (verdict: Verdict) => void,
	recheck?: Recheck,
): Response | Promise<Response | Fault> {
	if (way === "packets") return response;
	if (way === "poll") return restoreInPoll(response);
	return bridgeSocket(response, createSocketGate(host, continues, onVerdict), host, onVerdict, recheck);
}

async function restoreInPoll(response: Response): Promise<Response | Fault> {
	if (response.status !== 200) return response;
	try {
		const packets = await readShortText(response.clone(), READ_LIMIT_BYTES);
		if (packets === undefined) return response;
		const restored = restoreRefusals(packets);
		if (restored === packets) return response;
		await response.body?.cancel();
		const headers = new Headers(response.headers);
		headers.delete("Content-Length");
		headers.delete("Content-Encoding");
		return new Response(restored, { status: 200, headers });
	} catch {
		return "origin_unreachable";
	}
}
