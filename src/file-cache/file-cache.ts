/**
 * The cache of verified files. Each signed URL of a file is another, so no cache in front of the edge can
 * hold it; this one holds it under its host and nginx's `$uri`, without the signature.
 *
 * It is asked only with an accepted request in hand, and every answer says `private`: nothing can answer
 * before the check. Files that may change under their name are answered only after the origin said 304.
 */
import type { CacheTimes } from "../config/host.ts";
import { type ForwardContext, forwardToOrigin, type RequestToOrigin } from "../origin/forward.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import type { Fault } from "../verdict.ts";
import { openCachedFile } from "./cached-file.ts";
import {
	asksForPart,
	conditionalOn,
	mayRespondFromCache,
	respondFromCache,
	wholeOf,
} from "./conditional-response.ts";
import { asksAnew } from "./freshness.ts";
import { isMediaPath } from "./media-path.ts";
import { type CacheOutcome, labelResponse } from "./response-headers.ts";

/** @param accepted its link is good: no other request may come here */
export async function serveFile(
	request: Request,
	accepted: RequestToOrigin & { readonly ok: true },
	times: CacheTimes,
	context: ForwardContext,
): Promise<Response | Fault> {
	const { target, origin } = accepted;
	const isMedia = isMediaPath(target.uri);
	const seconds = isMedia ? times.mediaSeconds : times.otherSeconds;
	const ask = (asked: Request) => forwardToOrigin(asked, accepted, context);
	if (seconds === 0) return ask(request);
	if (!mayRespondFromCache(request)) return labelResponse(await ask(request), "bypass");

	const filename = nginxArg(target.args, "filename");
	const { waitUntil, clock } = context;
	const storing = { seconds, needsValidator: !isMedia, filename, waitUntil, clock };
	const store = openCachedFile(target.site.host, target.uri, origin.urls);
	const stored = (await store.find()) ?? (await store.awaitFill());
	if (stored === undefined) {
		if (asksForPart(request) || store.isBeingFilled()) return labelResponse(await ask(request), "miss");
		return labelResponse(await store.fill(() => ask(wholeOf(request)), storing), "miss");
	}
	const isFresh = isMedia && !asksAnew(request.headers);
	let confirmed: Headers | undefined;
	if (!isFresh) {
		const answer = await ask(conditionalOn(stored, request));
		if (typeof answer === "string" || answer.status !== 304) {
			await stored.body?.cancel();
			if (typeof answer === "string") return answer;
			if (answer.status !== 200 || !asksForPart(request))
				return labelResponse(store.keep(answer, storing), "miss");
			// Another file by now, and whole: the client asked for a part of it, or set a condition.
			await answer.body?.cancel();
			await store.forget();
			return labelResponse(await ask(request), "miss");
		}
		confirmed = answer.headers;
	}
	const answer = await respondFromCache(request, stored, { filename, confirmed, find: store.find });
	return labelResponse(answer ?? (await ask(request)), outcomeOf(answer, isFresh));
}

function outcomeOf(answer: Response | undefined, isFresh: boolean): CacheOutcome {
	if (answer === undefined) return "bypass";
	return isFresh ? "hit" : "revalidated";
}
