/**
 * One question to an origin, with its limit: for the first byte of the answer, counted from the end of the
 * request. The body behind it may take as long as it streams.
 *
 * What is given up is not aborted by a signal, which would cost every request: it ends with the request that
 * it was for, as does a timer that is no longer needed.
 */
import type { Origin } from "../config/origin.ts";
import type { Fault } from "../verdict.ts";
import type { Ask, Health } from "./circuit.ts";
import type { Upload } from "./upload.ts";

/** @param uploaded settles at the end of a body that comes from the client; without it the request is all there */
export function fetchOrigin(
	{ fetcher }: Origin,
	timeoutMs: number,
	asked: Request | string,
	options: RequestInit = {},
	uploaded?: Upload["end"],
): Promise<Response | Fault> {
	return new Promise((resolve) => {
		const limit = () => setTimeout(resolve, timeoutMs, "origin_timeout" satisfies Fault);
		if (uploaded === undefined) limit();
		else void uploaded.then((end) => (end === "complete" || end === "origin gone" ? limit() : resolve(end)));
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

/** The Document Server answers `true` there; anything else is an answer too. */
const HEALTH_PATH = "/healthcheck";
/** The platform ends what goes on 30 s after the answer of the request that started it. */
const HEALTH_LIMIT_MS = 25_000;

/** The edge's own question, which no client can put its own content into. */
export function askHealth(
	origin: Origin,
	{
		clock,
		waitUntil,
	}: { readonly clock: () => number; readonly waitUntil: (work: Promise<unknown>) => void },
): Ask {
	const timeoutMs = Math.min(origin.fileTimeoutMs, HEALTH_LIMIT_MS);
	const ask = async (base: string): Promise<Health> => {
		const answer = await fetchOrigin(origin, timeoutMs, base + HEALTH_PATH).catch(() => "origin_unreachable");
		if (typeof answer === "string") return answer === "origin_timeout" ? "silent" : "unreachable";
		await answer.body?.cancel();
		return "answers";
	};
	// Once more, as the connection may have been an idle one that the origin closed at the same moment.
	const askTwice = async (base: string) => {
		const health = await ask(base);
		return health === "unreachable" ? ask(base) : health;
	};
	return (base, onHealth) => waitUntil(askTwice(base).then((health) => onHealth(health, clock())));
}
