/**
 * The limit: the cheapest Worker that passes requests on. It makes no `Request` and parses no URL. Its whole cost is the
 * platform's.
 */
export default {
	fetch({ url, method, headers, body }: Request, { ORIGIN }: { readonly ORIGIN: string }): Promise<Response> {
		const target = url.slice(url.indexOf("/", "https://".length));
		return fetch(ORIGIN + target, { method, headers, body, redirect: "manual" });
	},
};
