/**
 * `docs-edge explain`: the edge's decision on one request, first the verdict, then the way to it, and the near miss that
 * would explain it.
 *
 * The verdict is that of `decide`, the Worker's own function. An explanation never holds a secret or a token.
 */
import type { Host } from "../../config/host.ts";
import { decide, verdictOf } from "../../decide.ts";
import { replyTo } from "../../reply/reply.ts";
import { insidePrefix, readTarget, type Target } from "../../request/target.ts";
import { findRoute } from "../../routes/find-route.ts";
import type { Route } from "../../routes/route.ts";
import type { Refusal } from "../../verdict.ts";
import type { Pasted, PastedLogLine, PastedRequest } from "../paste/pasted.ts";
import { describeRequirement } from "../reference.ts";
import { type Credential, findCredential } from "./credential.ts";
import { notesOn } from "./notes.ts";
import { printable, toRequest } from "./request.ts";
import { describeRefusal, explainLogLine, type RefusalText } from "./verdict-text.ts";

export interface ExplainedStep {
	readonly name: "verdict" | "do" | "target" | "route" | "credential" | "token" | "reply" | "hint" | "note";
	readonly ok: boolean;
	readonly text: string;
}

export interface Explanation {
	readonly ok: boolean;
	readonly reason?: string;
	readonly key?: string;
	/** The status that a refused client gets. */
	readonly status?: number;
	/** The verdict in one sentence. */
	readonly headline: string;
	readonly whatToDo?: string;
	readonly steps: readonly ExplainedStep[];
	/** The mistake under which the credential would fit. */
	readonly nearMiss?: string;
	/** What is odd about an accepted request, and what the reader had to guess. */
	readonly notes: readonly string[];
	readonly token?: Credential["token"];
	readonly link?: Credential["link"];
	/** The request as a curl line, its credentials cut. */
	readonly redacted?: string;
}

export interface ExplainOptions {
	/** Hides the values of claims. */
	readonly redact?: boolean;
	/** Another secret to try. */
	readonly secret?: string;
	/** The hostnames in `routes` of wrangler.toml; empty if there are none. */
	readonly publicHosts?: readonly string[];
}

export async function explain(
	pasted: Pasted,
	host: Host,
	nowMs: number,
	options: ExplainOptions = {},
): Promise<Explanation> {
	if ("logLine" in pasted) return ofLogLine(pasted);
	// The platform parses a URL before a Worker sees it. Without this, the tool would judge another spelling than the edge.
	const url = URL.parse(pasted.url)?.href ?? pasted.url;
	const called = readTarget({ method: pasted.method, url });
	const decision = await decide(toRequest(pasted), host, nowMs, called);
	const verdict = verdictOf(decision);
	const target = "ok" in called ? called : insidePrefix(called, host.origin?.forwardedPrefix ?? "");
	const match = "ok" in target ? target : findRoute(target, host.integration);
	const route = "ok" in match ? undefined : match.route;
	const credential =
		"ok" in target || route === undefined
			? undefined
			: await findCredential(pasted, route, target, host, verdict, nowMs, options);

	const steps = [
		...targetSteps(target, route),
		...(credential ? [{ name: "credential", ok: verdict.ok, text: credential.text } as const] : []),
		...(credential?.token ? [{ name: "token", ok: verdict.ok, text: credential.token.text } as const] : []),
	];
	const parts = {
		...(credential?.token && { token: credential.token }),
		...(credential?.link && { link: credential.link }),
		redacted: redact(pasted),
	};
	if (verdict.ok) {
		const key = verdict.keyName === undefined ? {} : { key: verdict.keyName };
		const headline = `accepted${verdict.keyName ? ` with the key ${verdict.keyName}` : ""}: it goes to the origin`;
		const notes = [...(pasted.notes ?? []), ...notesOn(pasted, credential, target, host, nowMs, options)];
		return { ok: true, headline, ...key, notes, steps: withVerdict(headline, true, steps, notes), ...parts };
	}
	const says = describeRefusal(verdict, host);
	const reply = replyTo(verdict.reason, decision.ok ? { route: decision.route } : decision, {
		request: toRequest(pasted),
		requestId: "-",
		reasons: true,
	});
	const notes = pasted.notes ?? [];
	const nearMiss = credential?.nearMiss;
	const reached = [
		...steps,
		{ name: "reply", ok: false, text: await describeReply(reply) } as const,
		...(nearMiss ? [{ name: "hint", ok: false, text: nearMiss } as const] : []),
	];
	return {
		ok: false,
		reason: verdict.reason,
		status: reply.status,
		headline: says.headline,
		whatToDo: says.whatToDo,
		notes,
		steps: withVerdict(says, false, reached, notes),
		...(nearMiss && { nearMiss }),
		...parts,
	};
}

function withVerdict(
	says: string | RefusalText,
	ok: boolean,
	steps: readonly ExplainedStep[],
	notes: readonly string[],
): ExplainedStep[] {
	const text = typeof says === "string" ? says : says.headline;
	const todo = typeof says === "string" ? [] : [{ name: "do", ok, text: says.whatToDo } as const];
	const noted = notes.map((note) => ({ name: "note", ok, text: note }) as const);
	return [{ name: "verdict", ok, text }, ...todo, ...steps, ...noted];
}

function targetSteps(target: Target | Refusal, route: Route | undefined): ExplainedStep[] {
	if ("ok" in target) {
		const says =
			target.reason === "path_outside_prefix"
				? "the path is not under FORWARDED_PREFIX"
				: "nginx would refuse this request before it routes it";
		return [{ name: "target", ok: false, text: says }];
	}
	const { uri, versionPrefix, docService } = target;
	const behind = versionPrefix === "" ? "" : `; DocService reads ${printable(docService.path)}`;
	const ofRoute = route
		? `${route.id}: ${describeRequirement(route.requires)}`
		: "only a proxy that rewrites paths would take this to a protected route";
	return [
		{ name: "target", ok: true, text: `nginx reads ${printable(uri)}${behind}` },
		{ name: "route", ok: route !== undefined, text: ofRoute },
	];
}

function ofLogLine({ logLine }: PastedLogLine): Explanation {
	const says = explainLogLine(logLine);
	const ok = logLine.verdict === "accept" && logLine.reason === undefined;
	return {
		ok,
		...(typeof logLine.reason === "string" && { reason: logLine.reason }),
		headline: says.headline,
		whatToDo: says.whatToDo,
		notes: [],
		steps: withVerdict(says, ok, [], ["the log holds no request: paste the request itself to see why"]),
	};
}

async function describeReply(reply: Response): Promise<string> {
	const type = reply.headers.get("Content-Type") ?? "";
	return `${reply.status} ${type.startsWith("text/html") ? "in nginx's own page" : `${type}: ${await reply.text()}`}`;
}

/** Header values, bodies, signatures and the `cmd` of a download may hold credentials, so they are cut. */
function redact({ method, url, headers, body }: PastedRequest): string {
	const cut = url.replace(/(md5|sha256|token|cmd)(=|%3D)[^&#\s]*/gi, "$1$2…");
	const names = headers.map(([name]) => ` -H '${name}: …'`).join("");
	return `curl -X ${method} '${cut.replaceAll("'", "%27")}'${names}${body === undefined ? "" : " -d '…'"}`;
}
