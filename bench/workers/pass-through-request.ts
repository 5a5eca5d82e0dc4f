/**
 * A Worker that passes requests on in the way of most examples: it parses the URL, and copies the request.
 */
export default {
	fetch(request: Request, env: { readonly ORIGIN: string }): Promise<Response> {
		const { pathname, search } = new URL(request.url);
		return fetch(new Request(env.ORIGIN + pathname + search, request), { redirect: "manual" });
	},
};
