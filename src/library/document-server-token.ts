/**
 * A Hono middleware that finds and verifies the JWT of an API call as the Document Server does, and nothing else.
 *
 *   app.post("/converter", documentServerToken({ secret: (c) => c.env.JWT_SECRET, reply: "convert-json" }), handler)
 *
 * The body stays readable for the handler. Only the claims are verified: act on them, not on the body.
 */
import { createMiddleware } from "hono/factory";
import { type Claims, mergeClaims } from "../claims/merged-claims.ts";
import { VARIABLES } from "../config/bindings.ts";
import { readBody } from "../request/body.ts";
import { readTarget } from "../request/target.ts";
import { API_TOKEN, type ReplyStyle } from "../routes/route.ts";
import { findToken } from "../token/find-token.ts";
import { verifyToken } from "../token/verify-token.ts";
import { refuseIn } from "./refusal.ts";
import { createRingReader, type SecretOption } from "./secret-option.ts";

export interface DocumentServerTokenOptions {
	/** `services.CoAuthoring.secret.inbox.string`. */
	readonly secret: SecretOption;
	/** The words of a refusal are those of this endpoint; default `forbidden` (403). */
	readonly reply?: Extract<ReplyStyle, "forbidden" | "command" | "convert-json" | "convert-xml" | "builder">;
	/** `token.inbox.header` and `.prefix`; default `Authorization` and `Bearer `. */
	readonly header?: string;
	readonly prefix?: string;
	/** `token.verifyOptions.clockTolerance`; default 60. */
	readonly clockToleranceSeconds?: number;
	readonly maxBodyBytes?: number;
	readonly maxTokenBytes?: number;
}

/** The middleware leaves the verified claims in Hono's context. */
interface DocumentServerTokenEnv {
	Variables: {
		readonly documentServerToken: {
			/** The server merges claims in this order: flat, then `payload`, then `query`. */
			readonly claims: Claims;
			readonly keyName: string;
		};
	};
}

const STALL_MS = Number(VARIABLES.CLIENT_STALL_SECONDS) * 1000;

/** Refuses in the words of the chosen reply; 503 without a usable secret. */
export function documentServerToken(options: DocumentServerTokenOptions) {
	const {
		secret,
		reply = "forbidden",
		header = VARIABLES.JWT_HEADER,
		prefix = VARIABLES.JWT_PREFIX,
		clockToleranceSeconds = Number(VARIABLES.CLOCK_TOLERANCE_SECONDS),
		maxBodyBytes = Number(VARIABLES.MAX_BODY_BYTES),
		maxTokenBytes = Number(VARIABLES.MAX_TOKEN_BYTES),
	} = options;
	const ringOf = createRingReader(secret);
	return createMiddleware<DocumentServerTokenEnv>(async (c, next) => {
		const request = c.req.raw;
		const target = readTarget(request);
		if ("ok" in target) return refuseIn(c, reply, target.reason);
		const ring = ringOf(c);
		if (ring === undefined) return refuseIn(c, reply, "edge_misconfigured");
		const body = await readBody(request, { limitBytes: maxBodyBytes, stallMs: STALL_MS, keep: true });
		if ("ok" in body) return refuseIn(c, reply, body.reason);
		const { query } = target.docService;
		const parts = { query, headers: request.headers, body: body.text, tokenLimit: maxTokenBytes };
		const found = findToken(API_TOKEN.places, parts, { name: header, prefix });
		if ("ok" in found) return refuseIn(c, reply, found.reason);
		const verdict = await verifyToken(found.token, ring, {
			nowSeconds: Math.floor(Date.now() / 1000),
			toleranceSeconds: clockToleranceSeconds,
			requireExp: false,
			maxAgeSeconds: 0,
			maxBytes: maxTokenBytes,
		});
		if (!verdict.ok) return refuseIn(c, reply, verdict.reason, found.echoedKey);
		const { claims, keyName = "" } = verdict;
		c.set("documentServerToken", { claims: mergeClaims(claims), keyName });
		await next();
	});
}
