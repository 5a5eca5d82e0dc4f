/**
 * Signs the tokens that stand in inputs by a name: chance would never make a good signature.
 */
import { createHmac } from "node:crypto";
import { TOKEN_KEY } from "./hosts.ts";

export function signedToken(claims: object): string {
	const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
	return `${text}.${createHmac("sha256", TOKEN_KEY.secret).update(text).digest("base64url")}`;
}
