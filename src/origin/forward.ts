/**
 * Sends the judged request to its origin and gives back the answer as it is: errors, codings, streams and
 * WebSockets untouched; of redirects, those that name the origin are made public. Never throws, never waits
 * longer than the host allows.
 *
 * Only what is plainly read (a file, an asset) is tried a second time, on the next origin if there is one. A
 * connection that the origin closed while it was idle looks to the edge like one that broke after the request
 * had its effect, so a call is never sent twice (RFC 9110 §9.2.2).
 */
import type { HostIdentity } from "../config/host.ts";
import type { Origin } from "../config/origin.ts";
import type { Body } from "../request/body.ts";
import { type Rewrite, rewriteTarget } from "../rewrite/rewrite.ts";
import type { Route } from "../routes/document-server-routes.ts";
import type { Target } from "../request/target.ts";
import type { Fault } from "../verdict.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
import { nextHop } from "./edge-hops.ts";
import { askHealth, fetchOrigin } from "./fetch-origin.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import { affinityOf, rankOrigins } from "./origin-choice.ts";
import { setLock } from "./origin-lock.ts";
import { withPublicLocation } from "./public-location.ts";
import { openUpload } from "./upload.ts";

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
	/** What is learnt about the host's origins hangs on this. */
	readonly identity: HostIdentity;
	/** Where the token was looked for. */
	readonly tokenHeader: string;
	/** How long a client may take for the next part of its body. */
	readonly clientStallMs: number;
	/** Unix time in milliseconds. */
	readonly clock: () => number;
	/** Keeps the Worker alive until it settles, whether or not the client stays. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** One per host and isolate. */
const circuits = new WeakMap<HostIdentity, Circuit>();

function circuitOf({ identity }: Shell): Circuit {
	const circuit = circuits.get(identity) ?? createCircuit();
	circuits.set(identity, circuit);
	return circuit;
}

export async function forward(request: Request, outgoing: Outgoing, shell: Shell): Promise<Response | Fault> {
	const { origin, route, target, documentKey } = outgoing;
	const { bases } = origin;
	const { clock } = shell;
	const circuit = circuitOf(shell);
	const ask = askHealth(origin, shell);
	const ranked = bases.length === 1 ? bases : rankOrigins(bases, affinityOf(target, documentKey));
	const [first, second = first] = circuit.admit(ranked, clock(), ask);
	if (first === undefined || second === undefined) return "origin_down";
	const isPlain = isPlainRead(request, route);
	const sendTo = async (base: string): Promise<Response | Fault> => {
		const sentMs = clock();
		const answer = await send(base, request, outgoing, isPlain, shell);
		if (!("fault" in answer)) {
			circuit.succeed(base, clock());
			return answer;
		}
		const { fault, counts } = answer;
		if (counts) circuit.fail(base, { sentMs, isSilence: fault === "origin_timeout" }, clock(), ask);
		return fault;
	};
	const answer = await sendTo(first);
	return answer === "origin_unreachable" && isPlain ? sendTo(second) : answer;
}

/** Asks for something and brings nothing. */
export function isRead({ method, body, headers }: Request): boolean {
	return (method === "GET" || method === "HEAD") && body === null && !headers.has("Upgrade");
}

/** Without effect at the server, and without anything that a lost answer would take along. */
function isPlainRead(request: Request, { evidence }: Route): boolean {
	return (evidence.kind === "none" || evidence.kind === "secure-link") && isRead(request);
}

interface Failure {
	readonly fault: Fault;
	/** Whether the circuit is told: the client cannot have caused it by breaking off or by being slow. */
	readonly counts: boolean;
}

async function send(
	base: string,
	request: Request,
	{ target, origin, body, rewrite }: Outgoing,
	isPlain: boolean,
	{ tokenHeader, clock, clientStallMs }: Shell,
): Promise<Response | Failure> {
	const hop = nextHop(request.headers);
	if (hop === undefined) return { fault: "edge_loop", counts: false };
	const held = rewrite?.body ?? body?.bytes;
	const streamed = held === undefined ? request.body : null;
	let isAllSent = streamed === null;
	// A conversion may be slow because of its document: only the silence of a file or an asset counts.
	const failed = (fault: Fault): Failure => ({
		fault,
		counts: isAllSent && (fault === "origin_unreachable" || (fault === "origin_timeout" && isPlain)),
	});
	const published = (answer: Response | Fault): Response | Failure =>
		typeof answer === "string" ? failed(answer) : withPublicLocation(answer, target, origin);
	try {
		const href = base + rewriteTarget(target, rewrite?.query);
		const { method } = request;
		const headers = forwardedHeaders(request.headers, target.site, origin.forwardedPrefix, tokenHeader);
		headers.set(...hop);
		if (rewrite?.header) headers.set(...rewrite.header);
		if (rewrite?.body) headers.delete("Content-Encoding");
		if (origin.lock) setLock(headers, href, origin.lock, clock());
		const timeoutMs = isPlain ? origin.fileTimeoutMs : origin.timeoutMs;
		// With these two methods fetch takes no body, but for the one of a request that came.
		const isOdd = (held ?? streamed) !== null && (method === "GET" || method === "HEAD");
		if (isOdd) {
			return published(await fetchOrigin(origin, timeoutMs, new Request(href, request), { headers }));
		}
		const limits = { clientMs: clientStallMs, originMs: timeoutMs, clock };
		const upload = streamed ? openUpload(streamed, lengthOf(request), limits) : undefined;
		void upload?.end.then((end) => {
			isAllSent = end === "complete";
		});
		const options = { method, headers, body: upload?.body ?? held ?? null };
		return published(await fetchOrigin(origin, timeoutMs, href, options, upload?.end));
	} catch {
		return failed("origin_unreachable");
	}
}

/** @returns `undefined` where no length is announced: the body is chunked */
function lengthOf({ headers }: Request): number | undefined {
	const length = headers.get("Content-Length") ?? "";
	return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
