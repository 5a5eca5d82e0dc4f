/**
 * The search in every call of the Worker. Protects against tests that stay green although a secret came out.
 */
import { expect, it } from "vitest";
import { BINDINGS, callEdge, SECRETS } from "./call-edge.ts";

const request = () => new Request("https://docs.test/web-apps/x.js");
const answer = (value: string) => () => new Response("x", { headers: { "X-Debug": value } });

it("a secret in a reply fails the test", async () => {
	for (const value of [SECRETS.JWT_SECRET, btoa(`key=${SECRETS.SECURE_LINK_SECRET}`)])
		await expect(callEdge(request(), BINDINGS, answer(value))).rejects.toThrow(/^a secret \(/);
});

it("a secret in the log fails the test", async () => {
	const origin = () => {
		console.log(`signed with ${SECRETS.JWT_SECRET}`);
		return new Response("x");
	};
	await expect(callEdge(request(), BINDINGS, origin)).rejects.toThrow(/^a secret \(/);
});

it("another reply does not", async () => {
	await expect(callEdge(request(), BINDINGS, answer("fine"))).resolves.toHaveProperty("response.status", 200);
});
