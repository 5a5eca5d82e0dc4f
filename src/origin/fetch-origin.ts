/**
 * Fetches from an origin, with one time limit: for the first byte of the response, counted from the end of the
 * request. The body of the response may take as long as it streams. Without a limit, the platform's own applies.
 *
 * A fetch that is late is not aborted, because an `AbortSignal` would cost time on every request. The platform ends
 * the fetch and its timer together with the client's request.
 */
import type { Origin } from "../config/origin.ts";
import type { Fault } from "../verdict.ts";
import type { AskHealth, Health } from "./circuit.ts";
import type { Upload } from "./upload.ts";

/** `redirect` stands in each literal: a copy that adds it would live only for this call, and V8 would forget its shape. */
export type OriginRequestInit = RequestInit & { readonly redirect: "manual" };

/**
 * @param timeoutMs 0: no limit
 * @param uploaded the end of a body that the client is still sending; absent if the whole request is there
 * @returns rejects if a fetcher binding throws
 */
export function fetchOrigin(
	{ fetcher }: Origin,
	timeoutMs: number,
	request: Request | string,
	options: OriginRequestInit = { redirect: "manual" },
	uploaded?: Upload["end"],
): Promise<Response | Fault> {
	return new Promise((resolve) => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let hasEnded = false;
		const end = (outcome: Response | Fault) => {
			hasEnded = true;
			// Under a WebSocket, the timer would stay in memory until its time is over.
			if (timer !== undefined) clearTimeout(timer);
			resolve(outcome);
		};
		const startTimer = () => {
			if (timeoutMs > 0 && !hasEnded) timer = setTimeout(end, timeoutMs, "origin_timeout" satisfies Fault);
		};
		if (uploaded === undefined) startTimer();
		else void uploaded.then((how) => (how === "complete" || how === "origin gone" ? startTimer() : end(how)));
		const fetched = fetcher ? fetcher.fetch(request, options) : fetch(request, options);
		fetched.then(
			(response) => end(readPlatformFault(response)),
			() => end("origin_unreachable"),
		);
	});
}

/** Cloudflare answers with these statuses in place of an origin that it cannot reach, or that keeps it waiting. */
const PLATFORM_STATUS = /^52[0-7]$|^530$/;
const FIRST_PLATFORM_STATUS = 520;
const PLATFORM_TIMEOUT = 524;

function readPlatformFault(response: Response): Response | Fault {
	if (response.status < FIRST_PLATFORM_STATUS || !PLATFORM_STATUS.test(String(response.status)))
		return response;
	void response.body?.cancel();
	return response.status === PLATFORM_TIMEOUT ? "origin_timeout" : "origin_unreachable";
}

/** The Document Server answers `true` here. Any other response also shows that the origin is up. */
const HEALTH_PATH = "/healthcheck";
/** The platform ends background work 30 s after the response to the client. */
const HEALTH_LIMIT_MS = 25_000;

/** The health check of the circuit breaker. No part of it comes from a client, so no client can make it fail. */
export function askHealth(
	origin: Origin,
	{
		clock,
		waitUntil,
	}: { readonly clock: () => number; readonly waitUntil: (work: Promise<unknown>) => void },
): AskHealth {
	const timeoutMs = Math.min(origin.fileTimeoutMs || HEALTH_LIMIT_MS, HEALTH_LIMIT_MS);
	const ask = async (originUrl: string): Promise<Health> => {
		const healthUrl = originUrl + HEALTH_PATH;
		const response = await fetchOrigin(origin, timeoutMs, healthUrl).catch(() => "origin_unreachable");
		if (typeof response === "string") return response === "origin_timeout" ? "silent" : "unreachable";
		await response.body?.cancel();
		return "answers";
	};
	// The first try may fail on an idle connection that a healthy origin closed at the same moment.
	const askTwice = async (originUrl: string) => {
		const health = await ask(originUrl);
		return health === "unreachable" ? ask(originUrl) : health;
	};
	return (originUrl, onHealth) => waitUntil(askTwice(originUrl).then((health) => onHealth(health, clock())));
}
