/** The limit: a Worker that does nothing but pass requests on. What it costs is the platform's. */
export default {
	fetch(request: Request, env: { readonly ORIGIN: string }): Promise<Response> {
		const { pathname, search } = new URL(request.url);
		return fetch(new Request(env.ORIGIN + pathname + search, request), { redirect: "manual" });
	},
};
