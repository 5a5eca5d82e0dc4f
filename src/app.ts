/**
 * The Worker's shell: decides, then answers or forwards, then has it recorded. What is of the edge itself is
 * another's; every other path is the policy's, on the same reading of it.
 */
import { discard } from "./request/body-pieces.ts";
import type { Call } from "./call.ts";
import { type Host, type HostIdentity, isShadowed } from "./config/host.ts";
import { type Decision, decide } from "./decide.ts";
import { type DecisionRecord, logFailure, logHost } from "./observe/decision-record.ts";
import { provesLoop } from "./origin/edge-hops.ts";
import { serveFile } from "./file-cache/file-cache.ts";
import { forward, type Shell } from "./origin/forward.ts";
import { originRefuses } from "./observe/shadow-comparison.ts";
import { answerSocket } from "./socket/socket-response.ts";
import { isOwn, ownEndpoints } from "./own/endpoints.ts";
import { createRecorder } from "./observe/recorder.ts";
import { replyTo } from "./reply/reply.ts";
import type { Fault, Reason, Verdict } from "./verdict.ts";

type WaitUntil = Shell["waitUntil"];

/** A client that is still sending sees the refusal only if the edge reads on: up to this many bytes. */
const DISCARD_BYTES = 16 * 1024 * 1024;
const DISCARD_MS = 5000;

/** Never throws: what should not have happened is told without its text, which could quote the request. */
export async function answerRequest(request: Request, call: Call, waitUntil: WaitUntil): Promise<Response> {
	try {
		return await (isOwn(call) ? ownEndpoints.fetch(request, call) : guard(request, call, waitUntil));
	} catch {
		logFailure();
		return new Response("Internal Server Error", { status: 500, headers: { "Cache-Control": "no-store" } });
	}
}

async function guard(request: Request, call: Call, waitUntil: WaitUntil): Promise<Response> {
	const { host } = call;
	const requestId = crypto.randomUUID();
	const startedMs = Date.now();
	const decision = await decide(request, host, startedMs, call.target);
	const record = createRecorder(request, call, decision, requestId, startedMs);
	const reply = async (reason: Reason | Fault) => {
		const isUnread = request.body !== null && (!request.bodyUsed || reason === "body_too_large");
		if (isUnread) await discard(request, DISCARD_BYTES, DISCARD_MS);
		const response = replyTo(reason, decision, { request, requestId, reasons: host?.reasons ?? true });
		record(decision, response, { reason });
		return response;
	};

	const { route, target } = decision;
	if (host && isShadowed(host, route.id) && target && host.origin) {
		const outgoing = { route, target, origin: host.origin };
		const answer = await forward(request, outgoing, shellOf(host, waitUntil));
		if (typeof answer === "string") return reply(answer);
		reportLoop(request, answer, host);
		record(verdictOf(decision), answer, { shadow: await compare(decision, answer) });
		return answer;
	}
	if (!decision.ok) return reply(decision.reason);
	if (host === undefined) return reply("host_unknown");
	const shell = shellOf(host, waitUntil);
	const isFile = route.id === "cached-file";
	const answer = await (isFile
		? serveFile(request, decision, host.cache, shell)
		: forward(request, decision, shell));
	if (typeof answer === "string") return reply(answer);
	reportLoop(request, answer, host);
	const onPacket = (verdict: Verdict) => record(verdict, answer, { packet: true });
	const { socket } = decision;
	const response = socket === undefined ? answer : await answerSocket(answer, socket, host, onPacket);
	if (typeof response === "string") return reply(response);
	record(verdictOf(decision), response);
	return response;
}

function shellOf({ identity, tokenHeader, clientStallMs }: Host, waitUntil: WaitUntil): Shell {
	return { identity, tokenHeader: tokenHeader.name, clientStallMs, clock: Date.now, waitUntil };
}

/** Hosts whose loop the log has told. */
const looping = new WeakSet<HostIdentity>();

/** A configuration problem that shows only when a request comes back. */
function reportLoop(request: Request, answer: Response, { identity, origin }: Host): void {
	if (!provesLoop(request.headers, answer) || looping.has(identity)) return;
	looping.add(identity);
	const binding = (origin?.bases.length ?? 1) > 1 ? "ORIGINS" : "ORIGIN";
	const problem = "leads back to the edge: it has to name the server behind it";
	logHost({ problems: [{ binding, problem }], warnings: [] });
}

/** Of packets in a polling body the first that was refused speaks for all. */
function verdictOf(decision: Decision): Verdict {
	const verdicts = decision.ok ? (decision.socket?.verdicts ?? []) : [];
	return verdicts.find(({ ok }) => !ok) ?? verdicts[0] ?? decision;
}

async function compare(decision: Decision, answer: Response): Promise<NonNullable<DecisionRecord["shadow"]>> {
	const { route } = decision;
	const refused = route.evidence.kind === "none" ? undefined : await originRefuses(route.reply, answer);
	if (refused === undefined) return "not compared";
	if (refused === !decision.ok) return "agree";
	return refused ? "origin_only_refuses" : "edge_only_refuses";
}
