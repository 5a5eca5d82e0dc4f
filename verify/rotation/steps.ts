/**
 * The steps of `docs/rotation.md`, as the edge's bindings, the server's secrets, and the secrets that clients sign with.
 */
import type { ServerSecrets } from "../../test/node/support/secret-holder.ts";

export type Age = "old" | "new";

export const SECRETS: Readonly<Record<Age, ServerSecrets>> = {
	old: { token: "token secret before the change", link: "link secret before the change" },
	new: { token: "token secret after the change", link: "link secret after the change" },
};

/** One deployment of the edge, and those who use it. */
export interface Step {
	readonly name: string;
	readonly bindings: Readonly<Record<string, string>>;
	readonly server: Age;
	/** Who signs a client's credentials with which secret: an integration, or the server itself. */
	readonly integrations: readonly Age[];
	readonly serverMade: readonly Age[];
}

const ring = (...ages: readonly Age[]) => ({
	JWT_SECRET: JSON.stringify(Object.fromEntries(ages.map((age) => [age, SECRETS[age].token]))),
	SECURE_LINK_SECRET: JSON.stringify(Object.fromEntries(ages.map((age) => [age, SECRETS[age].link]))),
});
const plain = { JWT_SECRET: SECRETS.old.token, SECURE_LINK_SECRET: SECRETS.old.link };
const origin = (age: Age) => ({
	ORIGIN_JWT_SECRET: SECRETS[age].token,
	ORIGIN_SECURE_LINK_SECRET: SECRETS[age].link,
});

const BEFORE: Step = {
	name: "before",
	bindings: plain,
	server: "old",
	integrations: ["old"],
	serverMade: ["old"],
};
const MAKE_RING: Step = { ...BEFORE, name: "1. make a ring", bindings: { ...ring("old"), ...origin("old") } };
const RESTART: Step = {
	...BEFORE,
	name: "2. restart the server",
	bindings: { ...ring("old"), ...origin("new") },
	server: "new",
	serverMade: ["old", "new"],
};
const MOVE: Step = { ...RESTART, name: "3. move the integrations", integrations: ["old", "new"] };
const END: Step = {
	name: "4. end",
	bindings: { ...ring("new"), ...origin("new") },
	server: "new",
	integrations: ["new"],
	serverMade: ["new"],
};

export const STEPS: readonly Step[] = [BEFORE, MAKE_RING, RESTART, MOVE, END];

/** Mistakes, after which every client is refused. A check that lets them pass would find nothing. */
export const MISTAKES: readonly Step[] = [
	{ ...BEFORE, name: "the server restarts without step 1", server: "new" },
	{ ...MAKE_RING, name: "the server restarts, and ORIGIN_JWT_SECRET keeps the old secret", server: "new" },
	{ ...END, name: "step 4 before step 3", integrations: ["old"], serverMade: ["old"] },
];
