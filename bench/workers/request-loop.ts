/**
 * Repeats whole requests through the `fetch` handler of a contender, in one isolate and without a network: the origin is
 * a function that responds at once. The contender is the module `contender.js`, the same code as end to end.
 *
 * `?work=N&times=M` repeats a work. The response tells the last status, and how many requests reached the origin.
 */
interface Env {
	/** JSON: the works. */
	readonly WORKS: string;
}

interface Repeated {
	readonly method: string;
	readonly target: string;
	readonly headers?: Record<string, string>;
	readonly body?: string;
}

const HOST = "docs.example.com";
const SITE = `https://${HOST}`;
/** A literal would be bundled into this module. */
const CONTENDER = "contender.js";

let forwarded = 0;
globalThis.fetch = () => {
	forwarded++;
	return Promise.resolve(new Response('{"error":0}', { headers: { "Content-Type": "application/json" } }));
};

/** Headers that a request from a client has. A `Request` made here would lack them, and its body would be read otherwise. */
const onTheWire = (body: string | null) => ({
	Host: HOST,
	...(body !== null && { "Content-Length": String(body.length) }),
});

const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };

export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const contender = (await import(CONTENDER)).default as {
			readonly fetch: (request: Request, env: Env, context: object) => Response | Promise<Response>;
		};
		const { searchParams } = new URL(request.url);
		const works = JSON.parse(env.WORKS) as readonly Repeated[];
		const { method, target, headers = {}, body = null } = works[Number(searchParams.get("work"))] as Repeated;
		const sent = { method, headers: { ...headers, ...onTheWire(body) }, body };
		forwarded = 0;
		let status = 0;
		for (let n = Number(searchParams.get("times")); n > 0; n--) {
			const repeated = new Request(SITE + target, sent);
			({ status } = await contender.fetch(repeated, env, context));
		}
		return Response.json({ status, forwarded });
	},
};
