/**
 * The doctor's first steps: whether the edge is there, whether it admits this machine, and whether it enforces. A later
 * step could take shadow mode, a missing binding or a denial for a wrong secret.
 */
import { DENIALS, FAULTS } from "../../verdict.ts";
import { VERSION } from "../../version.ts";
import type { Finding } from "../import/document-server-files.ts";
import { describeReason } from "../reference.ts";
import { askStatus, type Status } from "../status.ts";
import { bad, good, note, type ProbeResponse } from "./probe.ts";
import { NO_DOCUMENT, type Site } from "./site.ts";

export async function* checkEdge(site: Site): AsyncGenerator<Finding> {
	const { edge } = site.options;
	const health = await site.ask("/.edge/health");
	if (health.body !== "ok")
		return yield bad(
			`${edge} answers, and is no edge (/.edge/health answers ${health.status})`,
			"check the URL with its virtual path, and that the hostname's route leads to this Worker (wrangler deploy, routes)",
		);
	yield* readStatus(site);
	const { status } = site.found;
	yield good(
		status ? `the edge answers: version ${status.version}, mode ${status.mode}` : "the edge answers",
	);
	if (status && status.version !== VERSION)
		yield note(`the edge is version ${status.version}, and docs-edge is ${VERSION}`, "deploy the edge again");
}

async function* readStatus({ host, options, nowMs, found }: Site): AsyncGenerator<Finding> {
	const key = host.keys.status.keys[0];
	if (key === undefined)
		return yield note(
			"no STATUS_SECRET on this machine: the doctor cannot ask the edge for its version and mode",
			"set STATUS_SECRET in .dev.vars or in the environment, as at the edge",
		);
	try {
		found.status = await askStatus(options.edge, key, Math.floor(nowMs() / 1000));
	} catch {
		yield note(
			"the edge does not accept STATUS_SECRET of this machine: its version and mode are not known",
			"give this machine and the edge the same STATUS_SECRET, and compare the clocks",
		);
	}
}

const unsignedCall = ({ ask }: Site) => ask("/command", { method: "POST", body: "{}" });

export async function* checkAdmission(site: Site): AsyncGenerator<Finding> {
	const { status } = site.found;
	const { reason } = await unsignedCall(site);
	const denial = DENIALS.find((one) => one === reason);
	if (denial) {
		const { meaning, whatToDo } = describeReason(denial);
		return yield bad(`the edge refuses this machine: ${meaning}`, whatToDo);
	}
	if (reason === "host_unknown")
		return yield bad(
			`the edge serves no host ${new URL(site.options.edge).hostname}`,
			"add the hostname to HOSTS, or correct --edge",
		);
	if (reason === "path_outside_prefix")
		return yield bad(
			"the edge serves a virtual path, and --edge is not below it",
			"give --edge with the path of FORWARDED_PREFIX: https://docs.example.com/ds",
		);
	const problems = status?.problems.filter(({ binding }) => !binding.startsWith("DENY")) ?? [];
	if (reason !== "edge_misconfigured" && problems.length === 0) return;
	const which = problems.map(({ binding, problem }) => `${binding} ${problem}`).join("; ");
	yield bad(
		`the edge is not configured: ${which || "its protected routes answer 503"}`,
		which
			? "wrangler secret put, or set it in wrangler.toml"
			: "read the name of the binding in the log: wrangler tail",
	);
}

/** No Document Server has this file, so the response to a good link is 404. */
export const NO_FILE = `/cache/files/data/${NO_DOCUMENT}/no-such-file/none.docx`;
const WRONG_LINK = `${NO_FILE}?md5=AAAAAAAAAAAAAAAAAAAAAA&expires=4102444800`;

/** Only an answer of the edge itself counts. In shadow mode the origin refuses in the same words. */
const isRefused = ({ reason }: ProbeResponse): boolean =>
	reason !== null && !FAULTS.some((fault) => fault === reason);

export async function* checkEnforcement(site: Site): AsyncGenerator<Finding> {
	const { ask, found } = site;
	const badCall = await ask("/command", { method: "POST", body: '{"token":"x.y.z"}' });
	const refuses = {
		calls: isRefused(await unsignedCall(site)) && isRefused(badCall),
		links: isRefused(await ask(WRONG_LINK)),
		sessions: isRefused(await ask(`/printfile/${NO_DOCUMENT}/none.pdf`)),
	};
	if (found.status?.mode === "shadow" || !Object.values(refuses).includes(true))
		return yield bad(
			"the edge is in shadow mode: it forwards requests without a credential",
			'ask docs-edge ready; if it is safe, set MODE = "enforce" and deploy',
		);
	const unchecked = Object.entries(CAUSES).filter(([name]) => !refuses[name as keyof typeof refuses]);
	if (unchecked.length > 0)
		return yield bad(
			`the edge does not check ${unchecked.map(([, { what }]) => what).join(", ")}`,
			unchecked.map(([, cause]) => causeOf(cause, found.status)).join("; "),
		);
	yield good("calls without a token, and with a bad one, are refused");
	yield good("a wrongly signed link is refused");
	yield good("a session endpoint refuses a request without a token");
	const { shadowRoutes = [] } = found.status ?? {};
	if (shadowRoutes.length > 0)
		yield note(`in shadow mode: ${shadowRoutes.join(", ")}`, "take them out of SHADOW_ROUTES");
}

interface Cause {
	readonly what: string;
	readonly route: string;
	readonly enabledBy?: "inbox" | "browser";
}

const CAUSES: Readonly<Record<"calls" | "links" | "sessions", Cause>> = {
	calls: { what: "tokens of calls", route: "command", enabledBy: "inbox" },
	links: { what: "links", route: "cached-file" },
	sessions: { what: "session tokens", route: "print-file", enabledBy: "browser" },
};

function causeOf({ route, enabledBy }: Cause, status: Status | undefined): string {
	const binding = enabledBy && `JWT_ENABLED_${enabledBy.toUpperCase()}`;
	if (enabledBy && status?.tokenEnabled?.[enabledBy] === false) return `set ${binding} = "true"`;
	const inShadow = `take ${route} out of SHADOW_ROUTES`;
	return binding === undefined ? inShadow : `set ${binding} = "true", or ${inShadow}`;
}
