/**
 * Sends every measured secure link byte for byte to the edge in workerd. Protects against a link that nginx refuses and
 * the edge forwards, and against a link that is forwarded in another spelling than the judged one.
 */
import { describe, expect, it } from "vitest";
import { useEdge } from "./support/edge-before-origin.ts";
import { sendRaw } from "./support/raw-http.ts";
import { ORIGIN_STATUS } from "./support/recording-origin.ts";
import { linkVectors, normalisedTarget, targetBytes } from "./support/vectors.ts";

const running = useEdge();

/** workerd's HTTP server answers these methods before a Worker runs. */
const REFUSED_BY_WORKERD = ["CONNECT", "_X"];
/** With a version prefix DocService's reading has to agree as well, so the edge refuses more than nginx. */
const VERSIONED = /^\/[\d%]/;

describe("links that arrive as they were sent", () => {
	const plain = linkVectors.filter(({ wire, method }) => !wire && !REFUSED_BY_WORKERD.includes(method));
	it.each(plain)("$id: nginx says $nginx_status", async (vector) => {
		const target = targetBytes(vector);
		const answer = await sendRaw(running.edge.url, {
			method: vector.method,
			target,
			...(vector.headers && { headers: vector.headers }),
		});
		const seen = running.origin.take();
		if (vector.nginx_status === 204) {
			expect(answer.status).toBe(ORIGIN_STATUS);
			expect(seen.map((request) => request.target)).toEqual([normalisedTarget(target)]);
		} else if (vector.nginx_status === 404) {
			// The path is not a cached file to nginx. The origin answers, or the edge refuses.
			const refused = VERSIONED.test(target) ? [403, 410] : [404];
			expect([ORIGIN_STATUS, ...refused]).toContain(answer.status);
		} else {
			expect(answer.status).toBe(vector.nginx_status);
			expect(seen).toEqual([]);
		}
	});
});

describe("links that a URL parser rewrites on the way", () => {
	it.each(linkVectors.filter(({ wire }) => wire))(
		"$id is forwarded as it was judged, or not at all",
		async (vector) => {
			const target = targetBytes(vector);
			const answer = await sendRaw(running.edge.url, { method: vector.method, target });
			const seen = running.origin.take().map((request) => request.target);
			expect(seen).toEqual(answer.status === ORIGIN_STATUS ? [normalisedTarget(target)] : []);
		},
	);
});
