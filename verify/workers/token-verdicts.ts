/**
 * A Worker that judges tokens in the runtime that is deployed. It receives tokens as a JSON array, and answers with their
 * verdicts in the same order.
 */
import { verdictOfEdge } from "../token-verdicts.ts";

export default {
	async fetch(request: Request): Promise<Response> {
		const tokens = (await request.json()) as readonly unknown[];
		return Response.json(await Promise.all(tokens.map(verdictOfEdge)));
	},
};
