/**
 * Names of a query that are also names of JavaScript's own objects. The server's parser reads them like all others.
 * Protects against a token that the server finds first, and the edge does not see.
 */
import { SignJWT } from "jose";
import { expect, it } from "vitest";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const GOOD = await new SignJWT({ c: "version" })
	.setProtectedHeader({ alg: "HS256", typ: "JWT" })
	.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));

async function outcome(query: string, bindings: object = {}): Promise<string | null> {
	const headers = { Authorization: `Bearer ${GOOD}` };
	const request = new Request(`http://edge.test/coauthoring/CommandService.ashx?${query}`, { headers });
	const { response, forwarded } = await callEdge(request, { ...BINDINGS, ...bindings });
	return forwarded.length > 0 ? "forwarded" : response.headers.get("X-Edge-Reason");
}

it.each([
	["token[toString]=x", "token_malformed"],
	["token[hasOwnProperty]=x", "token_malformed"],
	["token[valueOf][a]=x", "token_malformed"],
	["token[a]=x", "token_malformed"],
	["token=", "forwarded"],
	["toString=x", "forwarded"],
	["hasOwnProperty=x&valueOf=y", "forwarded"],
])("%s beside a good token in the header: %s", async (query, expected) => {
	expect(await outcome(query)).toBe(expected);
	expect(await outcome(query, { ORIGIN_JWT_SECRET: "what the origin has now" })).toBe(expected);
});
