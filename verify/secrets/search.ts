/**
 * Searches outputs for canaries: secrets in any form, and the credentials and claims that were sent. A text that may hold
 * some of them says so with its reason (`allowed.ts`).
 */
import { formsOf } from "../../test/secret-forms.ts";
import { ALLOWED } from "./allowed.ts";

/**
 * `secret`: a secret's value. `credential`: a token, a signature. `claim`: what a token, a path or a query says.
 * `key`: the document key in the body of a call.
 */
export type CanaryKind = "secret" | "credential" | "claim" | "key";

export interface Search {
	/** Looks for this text from now on. @param name for the finding; a finding never shows the text */
	readonly plant: (kind: CanaryKind, name: string, text: string) => void;
	/** @param where the place of the output: `log`, `reply`, `explain --json` */
	readonly look: (where: string, output: string) => void;
	readonly result: () => SearchResult;
}

export interface SearchResult {
	readonly canaries: number;
	readonly outputs: number;
	readonly characters: number;
	/** Each leak once. */
	readonly leaks: readonly string[];
}

interface Planted {
	readonly kind: CanaryKind;
	readonly name: string;
	readonly form: string;
	readonly text: string;
}

/** A shorter text is not looked for. */
const LEAST_CHARACTERS = 8;
/** Shown of the output before and behind a leak. */
const SHOWN_CHARACTERS = 60;

export function createSearch(): Search {
	/** By their first characters, so that an output is read once, however many canaries there are. */
	const planted = new Map<string, Planted[]>();
	let canaries = 0;
	const leaks = new Map<string, string>();
	let outputs = 0;
	let characters = 0;
	return {
		plant: (kind, name, text) => {
			canaries++;
			const forms = kind === "secret" ? formsOf(text) : new Map([[text, "plain"]]);
			for (const [one, form] of forms) {
				const start = one.slice(0, LEAST_CHARACTERS);
				const others = planted.get(start) ?? [];
				others.push({ kind, name, form, text: one });
				planted.set(start, others);
			}
		},
		look: (where, output) => {
			outputs++;
			characters += output.length;
			const allowed = ALLOWED.filter((rule) => rule.where.test(where)).flatMap(({ kinds }) => kinds);
			for (let at = 0; at + LEAST_CHARACTERS <= output.length; at++) {
				for (const { kind, name, form, text } of planted.get(output.slice(at, at + LEAST_CHARACTERS)) ?? []) {
					if (allowed.includes(kind) || !output.startsWith(text, at)) continue;
					const leak = `${where}: ${kind} ${name}, ${form}`;
					if (!leaks.has(leak)) leaks.set(leak, `${leak}: ${around(output, at, text.length)}`);
				}
			}
		},
		result: () => ({ canaries, outputs, characters, leaks: [...leaks.values()] }),
	};
}

/** The place of the leak, with the canary cut: a finding is an output too. */
function around(output: string, at: number, length: number): string {
	const before = output.slice(Math.max(0, at - SHOWN_CHARACTERS), at);
	const behind = output.slice(at + length, at + length + SHOWN_CHARACTERS);
	return JSON.stringify(`${before}<canary>${behind}`);
}
