/**
 * The limit: a Worker that only passes requests on. Its whole cost is the platform's.
 */
export default {
	fetch(request: Request, env: { readonly ORIGIN: string }): Promise<Response> {
		const { pathname, search } = new URL(request.url);
		return fetch(new Request(env.ORIGIN + pathname + search, request), { redirect: "manual" });
	},
};
