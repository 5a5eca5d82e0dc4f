/**
 * A Hono middleware that checks the nginx secure link of a cached file, and nothing else.
 *
 *   app.use("/cache/files/*", secureLink({ secret: (c) => c.env.SECURE_LINK_SECRET }))
 *
 * The middleware verifies the path as nginx reads it, which may differ from Hono's path. Hono's route pattern decides
 * which requests come here, so a pattern has to cover all files that you protect.
 */
import { createMiddleware } from "hono/factory";
import { readSecureLink, verifySecureLink } from "../link/secure-link.ts";
import { readTarget } from "../request/target.ts";
import { refuseIn } from "./refusal.ts";
import { createRingReader, type SecretOption } from "./secret-option.ts";

export interface SecureLinkOptions {
	/** `storage.fs.secretString`, the same as nginx's `$secure_link_secret`. */
	readonly secret: SecretOption;
	/** How far ahead a link may expire; absent or 0: no limit. */
	readonly maxLifetimeSeconds?: number;
}

/** The middleware leaves the name of the key in Hono's context. */
interface SecureLinkEnv {
	Variables: { readonly secureLink: { readonly keyName: string } };
}

/** Refuses in the words of nginx: 403, 410 for an expired link; 503 without a usable secret. */
export function secureLink({ secret, maxLifetimeSeconds = 0 }: SecureLinkOptions) {
	const ringOf = createRingReader(secret);
	return createMiddleware<SecureLinkEnv>(async (c, next) => {
		const target = readTarget(c.req.raw);
		if ("ok" in target) return refuseIn(c, "nginx", target.reason);
		const ring = ringOf(c);
		if (ring === undefined) return refuseIn(c, "nginx", "edge_misconfigured");
		const link = readSecureLink(target.uri, target.args);
		const verdict = verifySecureLink(link, ring, Math.floor(Date.now() / 1000), maxLifetimeSeconds);
		if (!verdict.ok) return refuseIn(c, "nginx", verdict.reason);
		c.set("secureLink", { keyName: verdict.keyName ?? "" });
		await next();
	});
}
