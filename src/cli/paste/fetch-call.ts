/**
 * Reads the calls that browsers copy: `fetch(…)` of JavaScript, and `Invoke-WebRequest` of PowerShell.
 */
import JSON5 from "json5";
import { isRecord } from "../../encoding/json.ts";
import type { PastedRequest } from "./pasted.ts";

const FETCH = /\bfetch\s*\(\s*(["'`])(.*?)\1\s*(?:,\s*(\{.*\})\s*)?\)\s*;?\s*$/s;

export function readFetch(text: string): PastedRequest {
	const [, , url = "", options = "{}"] = FETCH.exec(text) ?? [];
	if (url === "") throw new Error("that fetch call has no URL in quotes");
	let init: unknown;
	try {
		init = JSON5.parse(options);
	} catch {
		throw new Error("the options of that fetch call are no plain object: replace variables by their values");
	}
	const { method, headers, body } = Object(init);
	const pairs = isRecord(headers)
		? Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
		: [];
	return {
		method: typeof method === "string" ? method.toUpperCase() : "GET",
		url,
		headers: pairs,
		bareToken: false,
		...(typeof body === "string" && { body }),
	};
}

export function readInvoke(text: string): PastedRequest {
	const joined = text.replace(/`\r?\n/g, " ");
	const option = (name: string) =>
		new RegExp(`-${name}\\s+(?:"((?:[^"\`]|\`.)*)"|'((?:[^']|'')*)'|(\\S+))`, "i")
			.exec(joined)
			?.slice(1)
			.find(Boolean);
	const url = option("Uri") ?? /(?:Invoke-\w+|iwr|irm)\s+"([^"]+)"/i.exec(joined)?.[1];
	if (url === undefined) throw new Error("that PowerShell call has no -Uri");
	const table = /-Headers\s+@\{(.*?)\}/is.exec(joined)?.[1] ?? "";
	const headers = [...table.matchAll(/["']?([\w-]+)["']?\s*=\s*(?:"((?:[^"`]|`.)*)"|'([^']*)')/g)].map(
		([, name = "", double, single]) => [name, withoutBackticks(double ?? single ?? "")] as const,
	);
	const contentType = option("ContentType");
	const body = option("Body");
	return {
		method: (option("Method") ?? (body === undefined ? "GET" : "POST")).toUpperCase(),
		url: withoutBackticks(url),
		headers: contentType === undefined ? headers : [...headers, ["Content-Type", contentType]],
		bareToken: false,
		...(body !== undefined && { body: withoutBackticks(body) }),
	};
}

/** PowerShell's escape is the backtick. */
const withoutBackticks = (text: string): string => text.replace(/`(.)/gs, "$1").replaceAll('""', '"');
