/**
 * Sends a judged request to its origin and returns the response as it is: errors, codings, streams and WebSockets stay
 * untouched. Only redirects that name the origin are rewritten. Never throws.
 *
 * The wait for the client and for the origin is limited. One part has no limit here: the rest of a quick chunked body.
 * The platform passes that rest on, and the origin's own limit applies.
 */
import type { HostIdentity } from "../config/host.ts";
import type { Origin } from "../config/origin.ts";
import type { Body } from "../request/body.ts";
import type { Target } from "../request/target.ts";
import { requestTarget } from "../rewrite/request-target.ts";
import type { Rewrite } from "../rewrite/rewrite.ts";
import type { Route } from "../routes/route.ts";
import type { Fault } from "../verdict.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
import { nextHop } from "./edge-hops.ts";
import { askHealth, fetchOrigin } from "./fetch-origin.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import { affinityOf, rankOrigins } from "./origin-choice.ts";
import { setLock } from "./origin-lock.ts";
import { withPublicLocation } from "./public-location.ts";
import { isRepeatable } from "./retry.ts";
import { openUpload } from "./upload.ts";

export interface RequestToOrigin {
	readonly route: Route;
	readonly target: Target;
	readonly origin: Origin;
	/** The body that was judged; `undefined` if the request still holds its body. */
	readonly body?: Body;
	readonly rewrite?: Rewrite;
	readonly tokenDocumentKey?: unknown;
}

/** The parts of the host and of the platform that forwarding needs. */
export interface ForwardContext {
	/** The circuit breakers of the host's origins are stored under this identity. */
	readonly identity: HostIdentity;
	/** The header in which a token was looked for. */
	readonly tokenHeaderName: string;
	/** How long a client may take for the next piece of its body. */
	readonly clientStallMs: number;
	/** Unix time in milliseconds. */
	readonly clock: () => number;
	/** Keeps the Worker alive until the promise settles, even if the client leaves. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** One circuit breaker per host and isolate. */
const circuits = new WeakMap<HostIdentity, Circuit>();

function circuitOf({ identity }: ForwardContext): Circuit {
	const circuit = circuits.get(identity) ?? createCircuit();
	circuits.set(identity, circuit);
	return circuit;
}

export async function forwardToOrigin(
	request: Request,
	toOrigin: RequestToOrigin,
	context: ForwardContext,
): Promise<Response | Fault> {
	const { origin, route, target, tokenDocumentKey } = toOrigin;
	const { urls } = origin;
	const { clock } = context;
	const circuit = circuitOf(context);
	const ask = askHealth(origin, context);
	const ranked = urls.length === 1 ? urls : rankOrigins(urls, affinityOf(target, tokenDocumentKey));
	const [first, second = first] = circuit.admit(ranked, clock(), ask);
	if (first === undefined || second === undefined) return "origin_down";
	const repeatable = isRepeatable(request, route);
	const sendTo = async (originUrl: string): Promise<Response | Fault> => {
		const sentMs = clock();
		const outcome = await send(originUrl, request, toOrigin, repeatable, context);
		if (!("fault" in outcome)) {
			circuit.succeed(originUrl, clock());
			return outcome;
		}
		const { fault, counts } = outcome;
		const isSilence = fault === "origin_timeout";
		if (counts) circuit.fail(originUrl, { sentMs, isSilence }, clock(), ask);
		return fault;
	};
	const response = await sendTo(first);
	return response === "origin_unreachable" && repeatable ? sendTo(second) : response;
}

interface FailedTry {
	readonly fault: Fault;
	/**
	 * Whether the circuit breaker counts this failure. A client that broke off or was slow must not open the circuit.
	 */
	readonly counts: boolean;
}

async function send(
	originUrl: string,
	request: Request,
	{ target, origin, body: judgedBody, rewrite }: RequestToOrigin,
	repeatable: boolean,
	{ tokenHeaderName, clock, clientStallMs }: ForwardContext,
): Promise<Response | FailedTry> {
	const hop = nextHop(request.headers);
	if (hop === undefined) return { fault: "edge_loop", counts: false };
	const held = rewrite?.body ?? judgedBody?.bytes;
	const streamed = held === undefined ? request.body : null;
	let isAllSent = streamed === null;
	// A conversion may be slow because of its document. Only the silence of a file or an asset counts.
	const failed = (fault: Fault): FailedTry => ({
		fault,
		counts: isAllSent && (fault === "origin_unreachable" || (fault === "origin_timeout" && repeatable)),
	});
	const published = (outcome: Response | Fault): Response | FailedTry =>
		typeof outcome === "string"
			? failed(outcome)
			: withPublicLocation(outcome, target, origin, rewrite?.query);
	try {
		const href = originUrl + requestTarget(target, rewrite?.query);
		const { method } = request;
		const hasBody = (held ?? streamed) !== null;
		const mayUpgrade = method === "GET" && !hasBody;
		const { forwardedPrefix } = origin;
		const headers = forwardedHeaders(
			request.headers,
			mayUpgrade,
			target.site,
			forwardedPrefix,
			tokenHeaderName,
		);
		headers.set(...hop);
		if (rewrite?.header) headers.set(...rewrite.header);
		if (rewrite?.body) headers.delete("Content-Encoding");
		if (origin.lock) setLock(headers, href, origin.lock, clock());
		const timeoutMs = repeatable ? origin.fileTimeoutMs : origin.timeoutMs;
		// `fetch` takes no body for these methods, except the body of a request that came in.
		const isReadWithBody = hasBody && (method === "GET" || method === "HEAD");
		if (isReadWithBody) {
			return published(
				await fetchOrigin(origin, timeoutMs, new Request(href, request), { headers, redirect: "manual" }),
			);
		}
		const limits = { clientMs: clientStallMs, originMs: timeoutMs, clock };
		const upload = streamed ? openUpload(streamed, lengthOf(request), limits) : undefined;
		void upload?.end.then((end) => {
			isAllSent = end === "complete";
		});
		const body = upload?.body ?? held ?? null;
		const options = { method, headers, body, redirect: "manual" } as const;
		return published(await fetchOrigin(origin, timeoutMs, href, options, upload?.end));
	} catch {
		return failed("origin_unreachable");
	}
}

/** @returns `undefined` for a chunked body, which announces no length */
function lengthOf({ headers }: Request): number | undefined {
	const length = headers.get("Content-Length") ?? "";
	return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
