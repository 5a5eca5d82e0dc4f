/**
 * Serves verified files from the edge's cache. Every signed link is another URL, so no cache in front of the edge can
 * hold a file for all clients. This cache holds a file under host and nginx's `$uri`, without the signature.
 *
 * The cache is asked only after the link was accepted, and every file from here leaves with `Cache-Control: private` or
 * stricter. So no cache can answer before the link is checked. A file that may change under its path is served only
 * after the origin said 304.
 */
import type { CacheTimes } from "../config/host.ts";
import { type ForwardContext, forwardToOrigin, type RequestToOrigin } from "../origin/forward.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import type { Fault } from "../verdict.ts";
import { cacheKeyOf, discardBody, openCachedFile } from "./cached-file.ts";
import {
	askIfChanged,
	asksForPart,
	askUncompressed,
	mayRespondFromCache,
	respondFromCache,
} from "./conditional-response.ts";
import { fill, isBeingFilled, waitForFill } from "./fills.ts";
import { asksForReload } from "./freshness.ts";
import { isMediaPath } from "./media-path.ts";
import { labelResponse } from "./response-headers.ts";

/** @param accepted a request whose link is good: any other would read files without a check */
export async function serveFile(
	request: Request,
	accepted: RequestToOrigin & { readonly ok: true },
	times: CacheTimes,
	context: ForwardContext,
): Promise<Response | Fault> {
	const { target, origin } = accepted;
	const isMedia = isMediaPath(target.uri);
	const seconds = isMedia ? times.mediaSeconds : times.otherSeconds;
	const askOrigin = (toOrigin: Request) => forwardToOrigin(toOrigin, accepted, context);
	if (seconds === 0) return askOrigin(request);
	if (!mayRespondFromCache(request)) return labelResponse(await askOrigin(request), "bypass");

	const { waitUntil, clock } = context;
	const filename = nginxArg(target.args, "filename");
	const cacheKey = cacheKeyOf(target.site.host, target.uri, origin.urls);
	const file = openCachedFile(cacheKey, { seconds, neverChanges: isMedia, filename, waitUntil, clock });
	const found = (await file.find()) ?? ((await waitForFill(cacheKey)) ? await file.find() : undefined);
	if (found === undefined) {
		if (asksForPart(request) || isBeingFilled(cacheKey))
			return labelResponse(await askOrigin(request), "miss");
		return fill(cacheKey, () => askOrigin(askUncompressed(request)), file.keep);
	}
	let confirmed: Headers | undefined;
	if (!isMedia || asksForReload(request.headers)) {
		const fromOrigin = await askOrigin(askIfChanged(found, request));
		if (typeof fromOrigin === "string" || fromOrigin.status !== 304) {
			await discardBody(found);
			if (typeof fromOrigin === "string") return fromOrigin;
			if (fromOrigin.status !== 200 || !asksForPart(request)) return file.keep(fromOrigin);
			// The origin sent the whole of a changed file, but the client asked for a part or set a condition.
			await fromOrigin.body?.cancel();
			await file.forget();
			return labelResponse(await askOrigin(request), "miss");
		}
		confirmed = fromOrigin.headers;
	}
	const response = await respondFromCache(request, found, { filename, confirmed, findPart: file.findPart });
	return response ?? labelResponse(await askOrigin(request), "bypass");
}
