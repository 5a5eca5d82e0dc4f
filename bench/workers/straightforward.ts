/**
 * The straightforward Worker: the same checks, as a user would write them with Hono, its JWT helper, WebCrypto and
 * URLSearchParams. It is not safe: it reads URLs and tokens more loosely than the servers do.
 */
import { type Context, Hono } from "hono";
import { verify } from "hono/jwt";

interface Env {
	Bindings: { readonly ORIGIN: string; readonly JWT_SECRET: string; readonly SECURE_LINK_SECRET: string };
}

const app = new Hono<Env>();

function forward(c: Context<Env>, body?: string): Promise<Response> {
	const { pathname, search } = new URL(c.req.url);
	const url = c.env.ORIGIN + pathname + search;
	const request =
		body === undefined
			? new Request(url, c.req.raw)
			: new Request(url, { method: c.req.method, headers: c.req.raw.headers, body });
	return fetch(request, { redirect: "manual" });
}

app.get("/cache/files/*", async (c) => {
	const { pathname, searchParams } = new URL(c.req.url);
	const expires = searchParams.get("expires") ?? "";
	const signed = expires + decodeURIComponent(pathname) + c.env.SECURE_LINK_SECRET;
	const digest = await crypto.subtle.digest("MD5", new TextEncoder().encode(signed));
	const md5 = btoa(String.fromCharCode(...new Uint8Array(digest)))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
	if (md5 !== searchParams.get("md5")) return c.text("Forbidden", 403);
	if (Number(expires) < Date.now() / 1000) return c.text("Gone", 410);
	return forward(c);
});

for (const path of ["/command", "/converter", "/docbuilder"]) {
	app.post(path, async (c) => {
		const body = await c.req.text();
		try {
			const { token } = JSON.parse(body || "{}") as { token?: string };
			const header = c.req.header("Authorization")?.replace("Bearer ", "");
			await verify(token ?? header ?? "", c.env.JWT_SECRET, "HS256");
		} catch {
			return c.json({ error: path === "/command" ? 6 : -8 });
		}
		return forward(c, body);
	});
}

app.post("/upload/*", async (c) => {
	try {
		await verify(c.req.header("Authorization")?.replace("Bearer ", "") ?? "", c.env.JWT_SECRET, "HS256");
	} catch {
		return c.text("Forbidden", 403);
	}
	return forward(c);
});

app.all("*", (c) => forward(c));

export default app;
