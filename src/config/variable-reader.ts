/**
 * Reads variables: text, lists, switches, numbers. An invalid value is reported and replaced by the default.
 */
import type { Bindings, VariableName } from "./bindings.ts";

/** Told of each problem, by the binding's name and without its value. */
export type Report<Name extends string> = (binding: Name, problem: string) => void;

export const MAX_SECONDS = 86_400;

export function createVariableReader(bindings: Bindings, report: Report<VariableName>) {
	const text = (name: VariableName, fallback: string): string => {
		const value = bindings[name] ?? "";
		if (typeof value === "object") report(name, "is not a plain value");
		// wrangler.toml may say `true` or `60` instead of `"true"` or `"60"`.
		return typeof value === "object" || value === "" ? fallback : String(value);
	};
	const list = (name: VariableName): readonly string[] => {
		const value = bindings[name];
		return (Array.isArray(value) ? value.join() : text(name, "")).match(/[^\s,]+/g) ?? [];
	};
	const toggle = (name: VariableName, fallback: boolean): boolean => {
		const value = text(name, String(fallback));
		if (value !== "true" && value !== "false") report(name, 'is neither "true" nor "false"');
		return value === String(fallback) ? fallback : value === "true";
	};
	const whole = (name: VariableName, fallback: number, least: number, most: number, unit = ""): number => {
		const value = text(name, String(fallback));
		const number = /^\d{1,8}$/.test(value) ? Number(value) : Number.NaN;
		if (number >= least && number <= most) return number;
		report(name, `is not a whole number${unit} from ${least} to ${most}`);
		return fallback;
	};
	const seconds = (name: VariableName, fallback: number, least: number, most = MAX_SECONDS): number =>
		whole(name, fallback, least, most, " of seconds");
	return { text, list, toggle, whole, seconds };
}
