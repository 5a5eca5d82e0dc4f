/**
 * Reads variables: texts, lists, switches, numbers. An invalid value is reported and replaced by the default.
 */
import { type Bindings, VARIABLES, type VariableName } from "./bindings.ts";

/** Receives each problem, with the name of the binding and without its value. */
export type Report<Name extends string> = (binding: Name, problem: string) => void;

export const MAX_SECONDS = 86_400;

export type VariableReader = ReturnType<typeof createVariableReader>;

export function createVariableReader(bindings: Bindings, report: Report<VariableName>) {
	const text = (name: VariableName, fallback: string = VARIABLES[name]): string => {
		const value = bindings[name] ?? "";
		if (typeof value === "object") report(name, "is not a plain value");
		// wrangler.toml may say `true` or `60` instead of `"true"` or `"60"`.
		return typeof value === "object" || value === "" ? fallback : String(value);
	};
	const list = (name: VariableName): readonly string[] => {
		const value = bindings[name];
		return (Array.isArray(value) ? value.join() : text(name)).match(/[^\s,]+/g) ?? [];
	};
	/** @param inherited the default, if it is another variable's value */
	const toggle = (name: VariableName, inherited?: boolean): boolean => {
		const fallback = inherited ?? VARIABLES[name] === "true";
		const value = text(name, String(fallback));
		if (value !== "true" && value !== "false") report(name, 'is neither "true" nor "false"');
		return value === String(fallback) ? fallback : value === "true";
	};
	/** One of these words; the first is the default. */
	const choice = <Word extends string>(name: VariableName, usual: Word, ...others: Word[]): Word => {
		const value = text(name);
		const words = [usual, ...others];
		const chosen = words.find((word) => word === value);
		const quoted = words.map((word) => `"${word}"`);
		if (chosen === undefined)
			report(name, `is neither ${quoted.slice(0, -1).join(", ")} nor ${quoted.at(-1)}`);
		return chosen ?? usual;
	};
	const whole = (name: VariableName, least: number, most: number, unit = ""): number => {
		const fallback = VARIABLES[name];
		const value = text(name, fallback);
		const number = /^\d{1,8}$/.test(value) ? Number(value) : Number.NaN;
		if (number >= least && number <= most) return number;
		report(name, `is not a whole number${unit} from ${least} to ${most}`);
		return Number(fallback);
	};
	const seconds = (name: VariableName, least: number, most = MAX_SECONDS): number =>
		whole(name, least, most, " of seconds");
	return { text, list, toggle, choice, whole, seconds };
}
