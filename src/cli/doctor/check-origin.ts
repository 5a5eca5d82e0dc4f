/**
 * The doctor's look at the origin, through the edge: whether it is there, admits the edge, and is a Document Server. A
 * later step would take its silence or its 403 for a wrong secret.
 */
import { FAULTS } from "../../verdict.ts";
import type { Finding } from "../import/document-server-files.ts";
import { describeReason } from "../reference.ts";
import { bad, good, type ProbeResponse } from "./probe.ts";
import type { Site } from "./site.ts";

export async function* checkOrigin({ ask }: Site): AsyncGenerator<Finding> {
	const health = await ask("/healthcheck");
	const unreachable = findUnreachable(health);
	if (unreachable) return yield unreachable;
	const api = await ask("/web-apps/apps/api/documents/api.js");
	if (isShut(health) && isShut(api))
		return yield bad(
			"the origin answers 403 to the edge on every path: it does not admit the edge",
			"give ORIGIN_LOCK_SECRET the value of $edge_lock_secret in the origin's nginx, compare the clocks, and look at its firewall",
		);
	const healthy = health.body.trim();
	if (healthy === "false")
		return yield bad(
			"the Document Server says that it is not healthy (/healthcheck answers false)",
			"look at its log: database, message queue or Redis do not answer",
		);
	if (healthy !== "true" && !api.body.includes("DocsAPI"))
		return yield bad(
			`the origin is no Document Server (/healthcheck answers ${health.status})`,
			"set ORIGIN to the URL of the Document Server",
		);
	yield good("the origin answers, and is a Document Server");
}

const isShut = ({ status, reason }: ProbeResponse): boolean => status === 403 && reason === null;

/** The server's own proxy answers these while DocService does not run. */
const PROXY_STATUS = [502, 503, 504];

function findUnreachable({ status, reason }: ProbeResponse): Finding | undefined {
	const fault = FAULTS.find((one) => one === reason);
	if (reason !== null)
		return bad(
			`the edge cannot reach the origin (${reason})`,
			fault ? describeReason(fault).whatToDo : "look at the edge's log: wrangler tail",
		);
	if (PROXY_STATUS.includes(status))
		return bad(
			`the origin's own proxy answers ${status}: the Document Server behind it does not run`,
			"on the server: systemctl status ds-docservice (Docker: docker logs)",
		);
	if (status >= 300 && status < 400)
		return bad(
			`the origin redirects the edge (/healthcheck answers ${status})`,
			"set ORIGIN to the URL that it redirects to: perhaps https instead of http",
		);
	return undefined;
}
