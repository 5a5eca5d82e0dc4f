/**
 * The checks as a user would write them with Hono, its JWT helper, WebCrypto and URLSearchParams. Both straightforward
 * Workers share them. They are not safe: they read URLs and tokens more loosely than the servers do.
 */
import { type Context, Hono } from "hono";
import { verify } from "hono/jwt";

export interface PlainEnv {
	Bindings: { readonly ORIGIN: string; readonly JWT_SECRET: string; readonly SECURE_LINK_SECRET: string };
	Variables: { readonly requestId: string; readonly verdict: "refuse" | undefined };
}
export type PlainContext = Context<PlainEnv>;

/**
 * @param forward sends an accepted request to the origin. Its body is text if a check has read it.
 * @param onRefusal runs before the response to a refused request is made
 */
export function createPlainApp(
	forward: (c: PlainContext, body?: string) => Promise<Response>,
	onRefusal: (c: PlainContext) => void = () => undefined,
): Hono<PlainEnv> {
	const app = new Hono<PlainEnv>();

	app.get("/cache/files/*", async (c) => {
		const { pathname, searchParams } = new URL(c.req.url);
		const expires = searchParams.get("expires") ?? "";
		const signed = expires + decodeURIComponent(pathname) + c.env.SECURE_LINK_SECRET;
		if ((await md5Of(signed)) !== searchParams.get("md5")) {
			onRefusal(c);
			return c.text("Forbidden", 403);
		}
		if (Number(expires) < Date.now() / 1000) {
			onRefusal(c);
			return c.text("Gone", 410);
		}
		return forward(c);
	});

	for (const path of ["/command", "/converter", "/docbuilder"]) {
		app.post(path, async (c) => {
			const body = await c.req.text();
			try {
				const { token } = JSON.parse(body || "{}") as { token?: string };
				await verify(token ?? bearerOf(c), c.env.JWT_SECRET, "HS256");
			} catch {
				onRefusal(c);
				return c.json({ error: path === "/command" ? 6 : -8 });
			}
			return forward(c, body);
		});
	}

	app.post("/upload/*", async (c) => {
		try {
			await verify(bearerOf(c), c.env.JWT_SECRET, "HS256");
		} catch {
			onRefusal(c);
			return c.text("Forbidden", 403);
		}
		return forward(c);
	});

	return app.all("*", (c) => forward(c));
}

const bearerOf = (c: PlainContext) => c.req.header("Authorization")?.replace("Bearer ", "") ?? "";

async function md5Of(text: string): Promise<string> {
	const digest = await crypto.subtle.digest("MD5", new TextEncoder().encode(text));
	return btoa(String.fromCharCode(...new Uint8Array(digest)))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}
