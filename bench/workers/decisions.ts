/**
 * A Worker that repeats one decision without a network, as often as the query says. Inside workerd the clock stands
 * still while code runs, so the benchmark reads the CPU time of the process.
 */
import { hash } from "node:crypto";
import jwt from "@tsndr/cloudflare-worker-jwt";
import { verify as honoVerify } from "hono/jwt";
import { jwtVerify } from "jose";
import { md5 } from "js-md5";
import { createHostDirectory } from "../../src/config/host-directory.ts";
import { createKey, createRing } from "../../src/config/secrets/key-ring.ts";
import { decide } from "../../src/decide.ts";
import { tokenRules, verifyToken } from "../../src/token/verify-token.ts";

interface Env {
	readonly ORIGIN: string;
	readonly JWT_SECRET: string;
	readonly SECURE_LINK_SECRET: string;
	/** Path and query of a signed link. */
	readonly LINK: string;
	readonly BAD_LINK: string;
	readonly TOKEN: string;
	readonly BAD_TOKEN: string;
	/** JSON: fifty secrets, and tokens signed with them. */
	readonly RING: string;
}

type Run = () => unknown;

const EDGE = "https://edge.test";

async function prepare(env: Env): Promise<Readonly<Record<string, Run>>> {
	const now = Date.now();
	const nowSeconds = Math.floor(now / 1000);
	const oneHost = { ...env, HOSTS: "" };
	const host = await createHostDirectory(oneHost, () => undefined).find("edge.test", now);
	if (host === undefined) throw new Error("no host");
	const directoryOf = (hosts: number) => {
		const entries = Array.from({ length: hosts }, (_, n) => [`h${n}.test`, { ORIGIN: env.ORIGIN }]);
		return createHostDirectory({ ...env, HOSTS: Object.fromEntries(entries) }, () => undefined);
	};
	const directories = { one: directoryOf(1), many: directoryOf(10_000) };

	const post = (token: string) =>
		new Request(`${EDGE}/command`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
	const requests = {
		link: new Request(EDGE + env.LINK),
		badLink: new Request(EDGE + env.BAD_LINK),
		token: post(env.TOKEN),
		badToken: post(env.BAD_TOKEN),
	};

	const utf8 = new TextEncoder();
	const secret = utf8.encode(env.JWT_SECRET);
	const hmac = { name: "HMAC", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("raw", secret, hmac, false, ["sign", "verify"]);
	const signed = utf8.encode(env.TOKEN.slice(0, env.TOKEN.lastIndexOf(".")));
	const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
	const [path = "", query = ""] = env.LINK.split("?");
	const expires = /expires=(\d+)/.exec(query)?.[1] ?? "";
	const linkText = expires + path + env.SECURE_LINK_SECRET;
	const linkBytes = utf8.encode(linkText);

	const rules = tokenRules(host, nowSeconds);
	const { secrets, tokens, named } = JSON.parse(env.RING) as Record<"secrets" | "tokens" | "named", string[]>;
	const ringOf = (size: number) =>
		createRing(secrets.slice(0, size).map((one, n) => createKey(`key-${n}`, one)));
	const [ring1, ring50] = [ringOf(1), ringOf(50)];
	let turn = 0;
	const next = (list: readonly string[], size: number) => list[turn++ % size];

	return {
		"link: decide": () => decide(requests.link, host, now),
		"link: decide, with its Request": () => decide(new Request(EDGE + env.LINK), host, now),
		"link: floor, subtle.digest MD5": () => crypto.subtle.digest("MD5", linkBytes),
		"link: floor, again": () => crypto.subtle.digest("MD5", linkBytes),
		"link: node:crypto MD5": () => hash("md5", linkBytes, "base64url"),
		"link: js-md5": () => md5.base64(linkBytes),
		"bad link: decide": () => decide(requests.badLink, host, now),
		"token: decide": () => decide(requests.token, host, now),
		"token: decide, with its Request": () => decide(post(env.TOKEN), host, now),
		"token: verifyToken": () => verifyToken(env.TOKEN, host.keys.inbox, rules),
		"token: floor, subtle.verify HMAC": () => crypto.subtle.verify("HMAC", key, signature, signed),
		"token: floor, again": () => crypto.subtle.verify("HMAC", key, signature, signed),
		"token: jose jwtVerify": () => jwtVerify(env.TOKEN, key, { algorithms: ["HS256"] }),
		"token: hono/jwt verify": () => honoVerify(env.TOKEN, env.JWT_SECRET, "HS256"),
		"token: @tsndr/cloudflare-worker-jwt verify": () => jwt.verify(env.TOKEN, env.JWT_SECRET),
		"bad token: decide": () => decide(requests.badToken, host, now),
		"hosts: find one of 1": () => directories.one.find("h0.test", now),
		"hosts: find one of 10,000": () => directories.many.find("h7777.test", now),
		"ring of 1": () => verifyToken(next(tokens, 1), ring1, rules),
		"ring of 50, always one key": () => verifyToken(tokens[49], ring50, rules),
		"ring of 50, any key": () => verifyToken(next(tokens, 50), ring50, rules),
		"ring of 50, any key, named by kid": () => verifyToken(next(named, 50), ring50, rules),
	};
}

let prepared: Promise<Readonly<Record<string, Run>>> | undefined;

export default {
	/** `?run=NAME&times=N` runs a decision. Without a name the response is the list of names. */
	async fetch(request: Request, env: Env): Promise<Response> {
		prepared ??= prepare(env);
		const runs = await prepared;
		const { searchParams } = new URL(request.url);
		const run = runs[searchParams.get("run") ?? ""];
		if (run === undefined) return Response.json(Object.keys(runs));
		let last: unknown;
		for (let n = Number(searchParams.get("times")); n > 0; n--) last = await run();
		return Response.json((last as { ok?: boolean } | undefined)?.ok ?? true);
	},
};
