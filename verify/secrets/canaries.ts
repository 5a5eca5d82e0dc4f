/**
 * Makes the canaries: random secrets, and what is signed with them.
 */
import { createHash, createHmac } from "node:crypto";
import { pick, type Random } from "../../test/random.ts";
import type { CanaryKind, Search } from "./search.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const CHARACTERS = 40;
/** Every encoding writes these characters in another way. */
const ODD_END = '/+%"\\ é&=';

export interface Canaries {
	/** @returns a random text that is looked for from now on */
	readonly make: (kind: CanaryKind, name: string, end?: string) => string;
	/** A secret whose end is different in every encoding. */
	readonly makeOdd: (name: string) => string;
	/** Signs a token, and looks for the token and for its parts. */
	readonly token: (claims: object, secret: string, header?: object) => string;
	/** Signs a link of nginx, and looks for its signature. @returns path and query */
	readonly link: (uri: string, secret: string, expires?: number) => string;
	/** Looks for a signature that was made elsewhere. */
	readonly signature: (name: string, text: string) => string;
}

/** 2100-01-01 */
export const FAR_SECONDS = 4_102_444_800;

export function createCanaries(search: Search, random: Random): Canaries {
	const make: Canaries["make"] = (kind, name, end = "") => {
		const text = Array.from({ length: CHARACTERS }, () => pick(random, [...LETTERS])).join("") + end;
		search.plant(kind, name, text);
		return text;
	};
	const signature: Canaries["signature"] = (name, text) => {
		search.plant("credential", name, text);
		return text;
	};
	const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	return {
		make,
		makeOdd: (name) => make("secret", name, ODD_END + pick(random, [...LETTERS])),
		signature,
		token: (claims, secret, header = { alg: "HS256", typ: "JWT" }) => {
			const payload = encode({ ...claims, jti: make("claim", "of a token") });
			const text = `${encode(header)}.${payload}`;
			signature("payload of a token", payload);
			const hmac = createHmac("sha256", secret).update(text).digest("base64url");
			return `${text}.${signature("signature of a token", hmac)}`;
		},
		link: (uri, secret, expires = FAR_SECONDS) => {
			const md5 = createHash("md5").update(`${expires}${uri}${secret}`).digest("base64url");
			return `${uri}?md5=${signature("signature of a link", md5)}&expires=${expires}`;
		},
	};
}
