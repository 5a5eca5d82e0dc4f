/**
 * The cache of verified files. Each signed URL of a file is another, so no cache in front of the edge can
 * hold it; this one holds it under its host and nginx's `$uri`, without the signature.
 *
 * It is asked only with an accepted request in hand, and every answer says `private`: nothing can answer
 * before the check. Files that may change under their name are answered only after the origin said 304.
 */
import type { CacheTimes } from "../config/host.ts";
import { nginxArg } from "../target/nginx-arg.ts";
import type { Fault } from "../verdict.ts";
import { openStore } from "./file-store.ts";
import { forward, type Outgoing, type Shell } from "./forward.ts";
import { answerStored, asksForPart, conditionalOn, mayAnswerStored, wholeOf } from "./stored-file.ts";

type CacheOutcome = "hit" | "miss" | "revalidated" | "bypass";

/** What the server calls the pictures of a document: under one name always one picture. */
const MEDIA = /\/media\//;
const ASKS_ANEW = /no-cache|no-store|max-age=0/i;

/** @param accepted its link is good: no other request may come here */
export async function serveFile(
	request: Request,
	accepted: Outgoing & { readonly ok: true },
	times: CacheTimes,
	shell: Shell,
): Promise<Response | Fault> {
	const { target, origin } = accepted;
	const isMedia = MEDIA.test(target.uri);
	const seconds = isMedia ? times.mediaSeconds : times.otherSeconds;
	const ask = (asked: Request) => forward(asked, accepted, shell);
	if (seconds === 0) return ask(request);
	if (!mayAnswerStored(request)) return label(await ask(request), "bypass");

	const filename = nginxArg(target.args, "filename");
	const storing = { seconds, needsValidator: !isMedia, filename, waitUntil: shell.waitUntil };
	const store = openStore(target.site.host, target.uri, origin.bases);
	const stored = (await store.find()) ?? (await store.awaitFill());
	if (stored === undefined) {
		if (asksForPart(request) || store.isBeingFilled()) return label(await ask(request), "miss");
		return label(await store.fill(() => ask(wholeOf(request)), storing), "miss");
	}
	const isFresh = isMedia && !ASKS_ANEW.test(request.headers.get("Cache-Control") ?? "");
	if (!isFresh) {
		const answer = await ask(conditionalOn(stored, request));
		if (typeof answer === "string" || answer.status !== 304) {
			await stored.body?.cancel();
			return label(typeof answer === "string" ? answer : store.keep(answer, storing), "miss");
		}
	}
	const answer = await answerStored(request, stored, filename, store.find);
	return answer ? label(answer, isFresh ? "hit" : "revalidated") : label(await ask(request), "bypass");
}

function label(answer: Response | Fault, outcome: CacheOutcome): Response | Fault {
	if (typeof answer === "string") return answer;
	const labelled = new Response(answer.body, answer);
	const control = answer.headers.get("Cache-Control") ?? "";
	if (answer.status < 400 && !/no-store|private/i.test(control))
		labelled.headers.set("Cache-Control", "private");
	labelled.headers.set("X-Edge-Cache", outcome);
	return labelled;
}
