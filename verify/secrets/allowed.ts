/**
 * The places that may show a canary, and why. Every other place is a leak.
 */
import type { CanaryKind } from "./search.ts";

interface Allowed {
	readonly where: RegExp;
	readonly kinds: readonly CanaryKind[];
	readonly why: string;
}

export const ALLOWED: readonly Allowed[] = [
	{
		where: /^import .*--format (?:secrets|dev-vars)/,
		kinds: ["secret"],
		why: "the operator asks for the secrets, to pass them to wrangler or to write them into .dev.vars",
	},
	{
		where: /^(?:explain(?!.* --redact)|inspector \/explain)/,
		kinds: ["claim"],
		why: "the operator asks what a request says; --redact hides it",
	},
	{
		where: /^(?:describe|no command)/,
		kinds: ["claim"],
		why: "the error repeats the word of the command line that it does not know",
	},
	{
		where: /: reply to POST \S+ command$/,
		kinds: ["key"],
		why: "the server's command service repeats the key of the call beside its error",
	},
];
