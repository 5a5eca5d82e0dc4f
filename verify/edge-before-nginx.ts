/**
 * An edge before a real nginx that has the Document Server's location for cached files: both judge the same link.
 */
import { type Edge, startEdge } from "../local/edge.ts";
import { type Nginx, secureLinkServer, startNginx } from "../test/node/support/nginx.ts";
import { type RawResponse, sendRaw } from "../test/node/support/raw-http.ts";
import { LINK_SECRET, normalisedTarget, VECTOR_BINDINGS } from "../test/node/support/vectors.ts";
import type { Judged } from "./compare.ts";
import type { LinkRequest } from "./generators/links.ts";

export interface EdgeBeforeNginx {
	readonly edge: Edge;
	readonly nginx: Nginx;
	readonly judge: (link: LinkRequest) => Promise<Judged>;
	readonly stop: () => Promise<void>;
}

/** Tells the author of a response: the edge adds a request id, and nginx its name. */
export type Answer = { readonly by: "edge" | "origin" | "workerd"; readonly status: number };
export const answerOf = ({ status, headers }: RawResponse): Answer => ({
	by: headers["x-request-id"] ? "edge" : headers.server === "nginx" ? "origin" : "workerd",
	status,
});

export async function startEdgeBeforeNginx(
	bundle: string,
	bindings: Readonly<Record<string, string>> = {},
): Promise<EdgeBeforeNginx> {
	const nginx = await startNginx(`${secureLinkServer(LINK_SECRET)} location / { return 404; }`);
	const edge = await startEdge({
		bundle,
		bindings: { ...VECTOR_BINDINGS, ORIGIN: nginx.url.origin, ...bindings },
		onLog: () => undefined,
	});
	return {
		edge,
		nginx,
		judge: async ({ method, target }) => {
			const answer = answerOf(await sendRaw(edge.url, { method, target }));
			const judged = normalisedTarget(target);
			if (answer.by === "workerd" || judged === undefined) return { verdict: "uncompared" };
			const { status } = await sendRaw(nginx.url, { method, target: judged });
			const wrong = disagreement(answer, status);
			const verdict = status === ACCEPTED ? "accepted" : "refused";
			if (wrong === undefined) return { verdict };
			const statuses = `edge ${answer.status} by ${answer.by}, nginx ${status}`;
			return { verdict, disagreement: `${wrong} (${statuses})` };
		},
		stop: async () => {
			await edge.stop();
			await nginx.stop();
		},
	};
}

const ACCEPTED = 204;

function disagreement(edge: Answer, nginxStatus: number): string | undefined {
	if (edge.by === "origin") {
		const isFine = edge.status === nginxStatus && (nginxStatus === ACCEPTED || nginxStatus === 404);
		return isFine ? undefined : "forwarded what nginx refuses";
	}
	if (nginxStatus === ACCEPTED) return "refused what nginx accepts";
	// The path is not a cached file to nginx. The edge may refuse it for another reason.
	if (nginxStatus === 404) return [404, 403, 410].includes(edge.status) ? undefined : "another refusal";
	return edge.status === nginxStatus ? undefined : "another refusal";
}
