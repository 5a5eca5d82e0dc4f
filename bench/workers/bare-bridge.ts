/**
 * The bare bridge: what it costs to stand between a client's socket and the origin's in JavaScript, without any check.
 */
export default {
	async fetch({ url, method, headers }: Request, { ORIGIN }: { readonly ORIGIN: string }): Promise<Response> {
		const target = url.slice(url.indexOf("/", "https://".length));
		const response = await fetch(ORIGIN + target, { method, headers, redirect: "manual" });
		const origin = response.webSocket;
		if (origin === null) return response;
		const { 0: clientsHalf, 1: client } = new WebSocketPair();
		for (const [from, to] of [
			[client, origin],
			[origin, client],
		] as const) {
			from.binaryType = "arraybuffer";
			from.accept();
			from.addEventListener("message", ({ data }) => to.send(data as string | ArrayBuffer));
			from.addEventListener("close", () => to.close());
		}
		return new Response(null, { status: 101, webSocket: clientsHalf });
	},
};
