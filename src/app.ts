/**
 * The Worker's shell: decides, then answers or forwards, then records. The only place that reads the clock.
 *
 * Hono carries the edge's own endpoints; every other path is the policy's, on the same reading of it.
 */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { Host } from "./config/host.ts";
import { type Decision, decide } from "./decide.ts";
import {
	type Dataset,
	type DecisionRecord,
	logFailure,
	logRecord,
	writeDataPoint,
} from "./decision-record.ts";
import { serveFile } from "./origin/file-cache.ts";
import { forward, type Shell } from "./origin/forward.ts";
import { originRefuses } from "./origin/origin-verdict.ts";
import { answerSocket } from "./origin/socket-answer.ts";
import { nginxPage } from "./reply/native.ts";
import { replyTo } from "./reply/reply.ts";
import { createStatistics, type Statistics } from "./statistics.ts";
import { describeReadiness, describeStatus, mayReadStatus } from "./status.ts";
import type { Target } from "./target/target.ts";
import type { Fault, Reason, Refusal, Verdict } from "./verdict.ts";

/** What the Worker's entry hands in with each request. */
export interface Call {
	/** `undefined`: none of this edge. */
	readonly host: Host | undefined;
	readonly target: Target | Refusal;
	readonly metrics: Dataset | undefined;
}
type WaitUntil = Shell["waitUntil"];

/** What is of this edge itself, in any spelling. */
const OWN_PATH = /^\/\.edge(?:\/|$)/;

/** Never throws: what should not have happened is told without its text, which could quote the request. */
export async function answerRequest(request: Request, call: Call, waitUntil: WaitUntil): Promise<Response> {
	try {
		const isOwn = OWN_PATH.test(canonicalOf(call));
		return await (isOwn ? own.fetch(request, call) : guard(request, call, waitUntil));
	} catch {
		logFailure();
		return new Response("Internal Server Error", { status: 500, headers: NOT_STORED });
	}
}

const NOT_STORED = { "Cache-Control": "no-store" };

type OwnContext = Context<{ Bindings: Call }>;

const canonicalOf = ({ target }: Call): string => ("ok" in target ? "/" : target.canonical);

/** The edge's own endpoints, over the canonical path: there is one model of a path. */
const own = new Hono<{ Bindings: Call }>({
	getPath: (_request, options) => canonicalOf(options?.env as Call),
});
own.get("/.edge/health", (c) => c.text("ok", 200, NOT_STORED));
own.get("/.edge/status", (c) => answerStatus(c, describeStatus));
own.get("/.edge/ready", (c) => answerStatus(c, describeReadiness));
own.all("*", () => notFound());
own.onError((error) => {
	throw error;
});

async function guard(request: Request, call: Call, waitUntil: WaitUntil): Promise<Response> {
	const { host, target } = call;
	const requestId = crypto.randomUUID();
	const startedMs = Date.now();
	// In shadow mode the request itself stays whole, to be forwarded whatever is decided.
	const observes = host?.mode === "shadow" || (host?.shadowRoutes.size ?? 0) > 0;
	const decision = await decide(observes ? request.clone() : request, host, startedMs, target);
	const record = createRecorder(request, call, decision, requestId, startedMs);
	const reply = (reason: Reason | Fault) => {
		const response = replyTo(reason, decision, { request, requestId, reasons: host?.reasons ?? true });
		record(decision, response, { reason });
		return response;
	};

	const shell: Shell = {
		tokenHeader: host?.tokenHeader.name ?? "",
		clock: Date.now,
		waitUntil,
	};
	if (host && isShadowed(host, decision) && !("ok" in target) && host.origin) {
		const { route } = decision;
		const answer = await forward(request, { route, target, origin: host.origin }, shell);
		if (typeof answer === "string") return reply(answer);
		record(verdictOf(decision), answer, { shadow: await compare(decision, answer) });
		return answer;
	}
	if (!decision.ok) return reply(decision.reason);
	if (host === undefined) return reply("host_unknown");
	const isFile = decision.route.id === "cached-file";
	const answer = await (isFile
		? serveFile(request, decision, host.cache, shell)
		: forward(request, decision, shell));
	if (typeof answer === "string") return reply(answer);
	const onPacket = (verdict: Verdict) => record(verdict, answer, { packet: true });
	const { socket } = decision;
	const response = socket === undefined ? answer : await answerSocket(answer, socket, host, onPacket);
	if (typeof response === "string") return reply(response);
	record(verdictOf(decision), response);
	return response;
}

/** What is closed stays closed: behind a tunnel the origin takes the edge for its own host. */
function isShadowed({ mode, shadowRoutes }: Host, { route }: Decision): boolean {
	return route.id !== "closed" && (mode === "shadow" || shadowRoutes.has(route.id));
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

interface Outcome {
	/** What failed behind the edge, or why it was refused. */
	readonly reason?: Reason | Fault;
	readonly shadow?: DecisionRecord["shadow"];
	/** Whether this is a packet of a socket that has long been answered. */
	readonly packet?: boolean;
}

/** Everything that keeps a decision is told of it here. */
function createRecorder(
	{ method }: Request,
	{ host, target, metrics }: Call,
	{ route }: Decision,
	id: string,
	startedMs: number,
) {
	return (verdict: Verdict, answer: Response, outcome: Outcome = {}): void => {
		const now = Date.now();
		const since = outcome.packet ? now : startedMs;
		const reason = verdict.ok ? outcome.reason : verdict.reason;
		const isFile = route.id === "cached-file";
		const cache = (isFile && answer.headers.get("X-Edge-Cache")) || undefined;
		const record: DecisionRecord = {
			time: new Date(since).toISOString(),
			id,
			host: "ok" in target ? "" : target.site.hostname,
			method,
			route: route.id,
			verdict: verdict.ok ? "accept" : "refuse",
			reason,
			key: verdict.ok ? verdict.key : undefined,
			cache,
			status: answer.status,
			ms: now - since,
			shadow: outcome.shadow,
		};
		logRecord(record);
		if (host) {
			const issuedAt = verdict.ok ? verdict.issuedAt : undefined;
			statisticsOf(host).count(
				record,
				issuedAt === undefined ? undefined : issuedAt - Math.floor(now / 1000),
			);
		}
		if (metrics) writeDataPoint(metrics, record, Number(answer.headers.get("Content-Length") ?? 0));
	};
}

/** One per host and isolate. */
const statistics = new WeakMap<Host, Statistics>();

function statisticsOf(host: Host): Statistics {
	const known = statistics.get(host);
	if (known) return known;
	const created = createStatistics(new Date().toISOString());
	statistics.set(host, created);
	return created;
}

async function answerStatus(c: OwnContext, describe: typeof describeStatus): Promise<Response> {
	const { host } = c.env;
	const nowSeconds = Math.floor(Date.now() / 1000);
	if (host === undefined || !(await mayReadStatus(c.req.raw, host, nowSeconds))) return notFound();
	return c.json(describe(host, statisticsOf(host).snapshot()), 200, NOT_STORED);
}

function notFound(): Response {
	const { body, contentType } = nginxPage(404);
	return new Response(body, { status: 404, headers: { ...NOT_STORED, "Content-Type": contentType } });
}
