/**
 * Sends the judged request to its origin and gives back the answer as it is: redirects, errors, codings,
 * streams and WebSockets untouched. Never throws, never waits longer than the host allows.
 *
 * Only what is plainly read (a file, an asset) is tried a second time, on the next origin if there is one:
 * a call may have had its effect before its connection broke.
 */
import type { Origin } from "../config/origin.ts";
import type { Body } from "../evidence/body.ts";
import { type Rewrite, rewriteTarget } from "../evidence/rewrite.ts";
import type { Route } from "../policy/routes.ts";
import type { Target } from "../target/target.ts";
import type { Fault } from "../verdict.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
import { setForwardedHeaders } from "./forwarded-headers.ts";
import { affinityOf, rankOrigins } from "./origin-choice.ts";
import { setLock } from "./origin-lock.ts";

/** What is sent of an accepted request. */
export interface Outgoing {
	readonly route: Route;
	readonly target: Target;
	readonly origin: Origin;
	/** The body that was judged; without it the one that the request still holds. */
	readonly body?: Body;
	readonly rewrite?: Rewrite;
	readonly documentKey?: unknown;
}

/** What the Worker's shell lends. */
export interface Shell {
	/** Where the token was looked for. */
	readonly tokenHeader: string;
	/** Unix time in milliseconds. */
	readonly clock: () => number;
	/** Keeps the Worker alive until it settles, whether or not the client stays. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
}

export async function forward(request: Request, outgoing: Outgoing, shell: Shell): Promise<Response | Fault> {
	const { origin, target, documentKey } = outgoing;
	const circuit = circuitOf(origin);
	const isRead = isPlainRead(request, outgoing.route);
	const ranked =
		origin.bases.length === 1 ? origin.bases : rankOrigins(origin.bases, affinityOf(target, documentKey));
	const [first, second = first] = await circuit.admit(ranked, shell.clock());
	if (first === undefined || second === undefined) return "origin_down";
	const send = async (base: string): Promise<Response | Fault> => {
		const answer = await sendTo(base, request, outgoing, isRead, shell);
		if (typeof answer !== "string") circuit.succeed(base);
		else shell.waitUntil(circuit.fail(base, shell.clock()));
		return answer;
	};
	const answer = await send(first);
	return answer === "origin_unreachable" && isRead ? send(second) : answer;
}

/** Without effect at the server, and without anything that a lost answer would take along. */
function isPlainRead({ method, body, headers }: Request, { evidence }: Route): boolean {
	const isSafe = (method === "GET" || method === "HEAD") && body === null && !headers.has("Upgrade");
	return isSafe && (evidence.kind === "none" || evidence.kind === "secure-link");
}

async function sendTo(
	base: string,
	request: Request,
	{ target, origin, body, rewrite }: Outgoing,
	isRead: boolean,
	{ tokenHeader, clock }: Shell,
): Promise<Response | Fault> {
	const href = base + rewriteTarget(target, rewrite?.query);
	const bytes = rewrite?.body ?? body?.bytes;
	return fetchOrigin(origin, isRead ? origin.fileTimeoutMs : origin.timeoutMs, () => {
		// A request whose body was read cannot be used again; one that was not may be a GET with a body.
		const outgoing = bytes
			? new Request(href, { method: request.method, headers: request.headers, body: bytes })
			: new Request(href, request);
		setForwardedHeaders(outgoing.headers, target.url, origin.forwardedPrefix, tokenHeader);
		if (rewrite?.header) outgoing.headers.set(...rewrite.header);
		if (rewrite?.body) outgoing.headers.delete("Content-Encoding");
		if (origin.lock) setLock(outgoing.headers, outgoing.url, origin.lock, clock());
		return outgoing;
	});
}

/** What the platform answers in the place of an origin that it cannot reach, or that keeps it waiting. */
const PLATFORM_TIMEOUT = 524;
const isPlatformFault = (status: number): boolean => (status >= 520 && status <= 527) || status === 530;

async function fetchOrigin(
	{ fetcher }: Origin,
	timeoutMs: number,
	make: () => Request,
): Promise<Response | Fault> {
	const timeout = new AbortController();
	// The timer ends with the answer's headers: the body behind them may take as long as it streams.
	const timer = setTimeout(() => timeout.abort(), timeoutMs);
	try {
		const answer = await (fetcher ?? globalThis).fetch(make(), {
			redirect: "manual",
			signal: timeout.signal,
		});
		if (!isPlatformFault(answer.status)) return answer;
		await answer.body?.cancel();
		return answer.status === PLATFORM_TIMEOUT ? "origin_timeout" : "origin_unreachable";
	} catch {
		return timeout.signal.aborted ? "origin_timeout" : "origin_unreachable";
	} finally {
		clearTimeout(timer);
	}
}

/** One per host and isolate. */
const circuits = new WeakMap<Origin, Circuit>();

/** The Document Server answers `true` there; anything else is an answer too. */
const HEALTH_PATH = "/healthcheck";
const HEALTH_TIMEOUT_MS = 2000;

function circuitOf(origin: Origin): Circuit {
	const known = circuits.get(origin);
	if (known) return known;
	const circuit = createCircuit(async (base) => {
		const answer = await fetchOrigin(origin, HEALTH_TIMEOUT_MS, () => new Request(base + HEALTH_PATH));
		if (typeof answer === "string") return false;
		await answer.body?.cancel();
		return true;
	});
	circuits.set(origin, circuit);
	return circuit;
}
