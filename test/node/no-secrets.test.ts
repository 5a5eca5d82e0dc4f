/**
 * The watch over the output of all tests. Protects against a run that stays green although a secret was printed.
 */
import { expect, it } from "vitest";
import { createSecretWatch } from "../no-secrets.ts";
import { SHARED_SECRETS } from "../shared-secrets.ts";

const { JWT_SECRET, SECURE_LINK_SECRET } = SHARED_SECRETS;

function messagesAfter(...printed: readonly string[]): string[] {
	const messages: string[] = [];
	const watch = createSecretWatch((message) => messages.push(message));
	for (const content of printed) watch.onUserConsoleLog?.({ content } as never);
	watch.onTestRunEnd?.([], [], "passed");
	return messages;
}

it.each([
	["as it is", `{"secret":"${JWT_SECRET}"}`],
	["its beginning", JWT_SECRET.slice(0, 8)],
	["inside base64", btoa(`user:${SECURE_LINK_SECRET}`)],
	["in hex", Buffer.from(JWT_SECRET).toString("hex")],
	["among other lines", `a\nb ${encodeURIComponent(SECURE_LINK_SECRET)}\nc`],
	["a secret of the vectors", "signed with inboxsecret"],
])("a secret that was printed fails the run: %s", (_, printed) => {
	const [message = "", ...others] = messagesAfter("fine", printed);
	expect(message).toContain("a secret");
	expect(others).toEqual([]);
	expect(message).not.toContain(JWT_SECRET);
});

it("other output does not", () => {
	expect(messagesAfter("fine", '{"key":"inbox"}', "500 sessions")).toEqual([]);
});
