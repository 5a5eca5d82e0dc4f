/**
 * The cache of verified files. Each signed URL of a file is another, so no cache in front of the edge can
 * hold it; this one holds it under its host and nginx's `$uri`, without the signature.
 *
 * It is asked only with an accepted request in hand, and every answer says `private`: nothing can answer
 * before the check. Files that may change under their name are answered only after the origin said 304.
 */
import type { CacheTimes } from "../config/host.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import type { Fault } from "../verdict.ts";
import { openStore } from "./cached-file.ts";
import { forward, type Outgoing, type Shell } from "../origin/forward.ts";
import { asksAnew, dropTargeted, setPrivate } from "./freshness.ts";
import { isMediaPath } from "./media-path.ts";
import { answerStored, asksForPart, conditionalOn, mayAnswerStored, wholeOf } from "./conditional-response.ts";

type CacheOutcome = "hit" | "miss" | "revalidated" | "bypass";

/** @param accepted its link is good: no other request may come here */
export async function serveFile(
	request: Request,
	accepted: Outgoing & { readonly ok: true },
	times: CacheTimes,
	shell: Shell,
): Promise<Response | Fault> {
	const { target, origin } = accepted;
	const isMedia = isMediaPath(target.uri);
	const seconds = isMedia ? times.mediaSeconds : times.otherSeconds;
	const ask = (asked: Request) => forward(asked, accepted, shell);
	if (seconds === 0) return ask(request);
	if (!mayAnswerStored(request)) return label(await ask(request), "bypass");

	const filename = nginxArg(target.args, "filename");
	const { waitUntil, clock } = shell;
	const storing = { seconds, needsValidator: !isMedia, filename, waitUntil, clock };
	const store = openStore(target.site.host, target.uri, origin.bases);
	const stored = (await store.find()) ?? (await store.awaitFill());
	if (stored === undefined) {
		if (asksForPart(request) || store.isBeingFilled()) return label(await ask(request), "miss");
		return label(await store.fill(() => ask(wholeOf(request)), storing), "miss");
	}
	const isFresh = isMedia && !asksAnew(request.headers);
	let confirmed: Headers | undefined;
	if (!isFresh) {
		const answer = await ask(conditionalOn(stored, request));
		if (typeof answer === "string" || answer.status !== 304) {
			await stored.body?.cancel();
			if (typeof answer === "string") return answer;
			if (answer.status !== 200 || !asksForPart(request)) return label(store.keep(answer, storing), "miss");
			// Another file by now, and whole: the client asked for a part of it, or set a condition.
			await answer.body?.cancel();
			await store.forget();
			return label(await ask(request), "miss");
		}
		confirmed = answer.headers;
	}
	const answer = await answerStored(request, stored, { filename, confirmed, find: store.find });
	return label(answer ?? (await ask(request)), outcomeOf(answer, isFresh));
}

function outcomeOf(answer: Response | undefined, isFresh: boolean): CacheOutcome {
	if (answer === undefined) return "bypass";
	return isFresh ? "hit" : "revalidated";
}

function label(answer: Response | Fault, outcome: CacheOutcome): Response | Fault {
	if (typeof answer === "string") return answer;
	const labelled = new Response(answer.body, answer);
	dropTargeted(labelled.headers);
	if (answer.status < 400) setPrivate(labelled.headers);
	labelled.headers.set("X-Edge-Cache", outcome);
	return labelled;
}
