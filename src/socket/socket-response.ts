/**
 * The origin's answer to a request of the editor's socket, on its way to the client: a WebSocket through
 * the gate, a poll with the edge's refusals in their place.
 */
import type { Host } from "../config/host.ts";
import type { Fault, Verdict } from "../verdict.ts";
import { bridgeSocket } from "./bridge.ts";
import type { AcceptedSocket } from "./check-socket.ts";
import { createSocketGate } from "./gate.ts";
import { restoreRefusals } from "./polling-body.ts";

/** A refusal comes in the first answers of a session, which are short; longer ones are streamed unread. */
const READ_LIMIT_BYTES = 64 * 1024;

/** @param onVerdict told of every credential that comes through a WebSocket */
export function socketResponse(
	answer: Response,
	{ way, continues }: AcceptedSocket,
	host: Host,
	onVerdict: (verdict: Verdict) => void,
): Response | Promise<Response | Fault> {
	if (way === "packets") return answer;
	if (way === "poll") return restoreInPoll(answer);
	return bridgeSocket(answer, createSocketGate(host, continues, onVerdict), host, onVerdict);
}

async function restoreInPoll(answer: Response): Promise<Response | Fault> {
	if (answer.status !== 200) return answer;
	try {
		const packets = await readShort(answer.clone());
		if (packets === undefined) return answer;
		const restored = restoreRefusals(packets);
		if (restored === packets) return answer;
		await answer.body?.cancel();
		const headers = new Headers(answer.headers);
		headers.delete("Content-Length");
		headers.delete("Content-Encoding");
		return new Response(restored, { status: 200, headers });
	} catch {
		return "origin_unreachable";
	}
}

/** @returns `undefined` for an answer over the limit, which is left alone */
async function readShort(copy: Response): Promise<string | undefined> {
	const decoder = new TextDecoder();
	let text = "";
	let length = Number(copy.headers.get("Content-Length") ?? 0);
	if (length > READ_LIMIT_BYTES) return void copy.body?.cancel();
	length = 0;
	for await (const chunk of copy.body ?? []) {
		length += chunk.byteLength;
		if (length > READ_LIMIT_BYTES) return undefined;
		text += decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}
