/**
 * Sends the judged request to its origin and gives back the answer as it is: errors, codings, streams and
 * WebSockets untouched; of redirects, those that name the origin are made public. Never throws, never waits
 * longer than the host allows.
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
import { forwardedHeaders } from "./forwarded-headers.ts";
import { affinityOf, rankOrigins } from "./origin-choice.ts";
import { setLock } from "./origin-lock.ts";
import { withPublicLocation } from "./public-location.ts";

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
	const { bases } = origin;
	const circuit = circuitOf(origin);
	const isPlain = isPlainRead(request, outgoing.route);
	const ranked = bases.length === 1 ? bases : rankOrigins(bases, affinityOf(target, documentKey));
	const admitted = circuit.admit(ranked, shell.clock());
	const [first, second = first] = admitted instanceof Promise ? await admitted : admitted;
	if (first === undefined || second === undefined) return "origin_down";
	const answer = await send(first, request, outgoing, isPlain, shell);
	if (typeof answer !== "string") {
		circuit.succeed(first);
		return answer;
	}
	shell.waitUntil(circuit.fail(first, shell.clock()));
	if (answer !== "origin_unreachable" || !isPlain) return answer;
	const again = await send(second, request, outgoing, isPlain, shell);
	if (typeof again === "string") shell.waitUntil(circuit.fail(second, shell.clock()));
	return again;
}

/** Asks for something and brings nothing. */
export function isRead({ method, body, headers }: Request): boolean {
	return (method === "GET" || method === "HEAD") && body === null && !headers.has("Upgrade");
}

/** Without effect at the server, and without anything that a lost answer would take along. */
function isPlainRead(request: Request, { evidence }: Route): boolean {
	return (evidence.kind === "none" || evidence.kind === "secure-link") && isRead(request);
}

async function send(
	base: string,
	request: Request,
	{ target, origin, body, rewrite }: Outgoing,
	isPlain: boolean,
	{ tokenHeader, clock }: Shell,
): Promise<Response | Fault> {
	try {
		const href = base + rewriteTarget(target, rewrite?.query);
		const { method } = request;
		const headers = forwardedHeaders(request.headers, target.site, origin.forwardedPrefix, tokenHeader);
		if (rewrite?.header) headers.set(...rewrite.header);
		if (rewrite?.body) headers.delete("Content-Encoding");
		if (origin.lock) setLock(headers, href, origin.lock, clock());
		const content = rewrite?.body ?? body?.bytes ?? request.body;
		// With these two methods fetch takes no body, but for the one of a request that came.
		const isOdd = content !== null && (method === "GET" || method === "HEAD");
		const asked = isOdd ? new Request(href, request) : href;
		const options = isOdd ? { headers } : { method, headers, body: content };
		const timeoutMs = isPlain ? origin.fileTimeoutMs : origin.timeoutMs;
		return withPublicLocation(await fetchOrigin(origin, timeoutMs, asked, options), target, origin);
	} catch {
		return "origin_unreachable";
	}
}

/**
 * The limit is for the first byte: the body behind it may take as long as it streams. What is given up is
 * not aborted by a signal, which would cost every request: it ends with the request that it was for, as
 * does a timer that nobody waits for any more.
 */
function fetchOrigin(
	{ fetcher }: Origin,
	timeoutMs: number,
	asked: Request | string,
	options: RequestInit = {},
): Promise<Response | Fault> {
	return new Promise((resolve) => {
		setTimeout(resolve, timeoutMs, "origin_timeout" satisfies Fault);
		const init = { ...options, redirect: "manual" as const };
		const fetched = fetcher ? fetcher.fetch(asked, init) : fetch(asked, init);
		fetched.then(
			(answer) => resolve(answer.status < FIRST_PLATFORM_STATUS ? answer : readPlatformFault(answer)),
			() => resolve("origin_unreachable"),
		);
	});
}

/** What the platform answers in the place of an origin that it cannot reach, or that keeps it waiting. */
const FIRST_PLATFORM_STATUS = 520;
const PLATFORM_STATUS = /^52[0-7]$|^530$/;
const PLATFORM_TIMEOUT = 524;

function readPlatformFault(answer: Response): Response | Fault {
	if (!PLATFORM_STATUS.test(String(answer.status))) return answer;
	void answer.body?.cancel();
	return answer.status === PLATFORM_TIMEOUT ? "origin_timeout" : "origin_unreachable";
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
		const answer = await fetchOrigin(origin, HEALTH_TIMEOUT_MS, base + HEALTH_PATH);
		if (typeof answer === "string") return false;
		await answer.body?.cancel();
		return true;
	});
	circuits.set(origin, circuit);
	return circuit;
}
