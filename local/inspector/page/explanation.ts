/**
 * Draws the explanation of one request.
 */
import { type Content, make } from "./dom.ts";
import { plainHeadline } from "./ticket.ts";

export interface Step {
	readonly name: string;
	readonly ok: boolean;
	readonly text: string;
}

/** The optional parts depend on the request. The page shows those that are there. */
export interface Explanation {
	readonly ok: boolean;
	readonly reason?: string;
	readonly key?: string;
	readonly status?: number;
	readonly steps: readonly Step[];
	readonly nearMiss?: string;
	readonly whatToDo?: string;
	readonly headline?: string;
	readonly token?: ExplainedToken;
	readonly link?: { readonly stringToSign: string; readonly expires: string; readonly says: string };
	/** Why an accepted request looks suspicious. */
	readonly notes?: readonly string[];
	/** The request as one curl line, without credentials. */
	readonly redacted?: string;
}

export interface ExplainedToken {
	readonly header: object;
	readonly claims: object;
	readonly times: readonly { readonly name: string; readonly date: string; readonly says: string }[];
	readonly purpose?: string;
	readonly key?: string;
	/** The claim that decided. */
	readonly decidedBy?: string;
}

/** The contents of the element with `role=status`: short, as a screen reader says all of it. */
export function drawVerdict(explanation: Explanation): Content[] {
	const { ok, reason, status, key, notes = [] } = explanation;
	const sign = ok ? (notes.length > 0 ? "!" : "✓") : "✗";
	const said = explanation.headline ?? plainHeadline(explanation);
	const headline = said.charAt(0).toUpperCase() + said.slice(1);
	return [
		make("span", { class: "sign", "aria-hidden": "true" }, sign),
		make("strong", {}, headline),
		...(reason && !headline.includes(reason) ? [make("code", { class: "chip" }, reason)] : []),
		...(status === undefined ? [] : [make("span", { class: "chip" }, `status ${status}`)]),
		...(key === undefined ? [] : [make("span", { class: "chip" }, `key ${key}`)]),
	];
}

/** @param pasted the text, in which the encoded token stands */
export function drawDetails(explanation: Explanation, pasted = ""): HTMLElement[] {
	const { steps, token, link } = explanation;
	const reply = steps.find(({ name }) => name === "reply");
	const way = steps.filter(({ name }) => !SHOWN_ELSEWHERE.includes(name));
	return [
		...drawAdvice(explanation),
		block(
			"The way of the request",
			make("ol", { class: "steps", "aria-label": "Steps" }, ...way.map(drawStep)),
		),
		...(token ? [drawToken(token, encodedIn(pasted))] : []),
		...(link ? [drawLink(link)] : []),
		...(reply ? [block("The client gets", make("pre", {}, reply.text))] : []),
	];
}

const SHOWN_ELSEWHERE = ["verdict", "do", "token", "reply", "hint", "note"];

/** Header, payload, and the beginning of the signature; empty if the token is not in the text as it is. */
function encodedIn(pasted: string): readonly string[] {
	const [token = ""] = /\bey[\w-]+\.[\w-]+\.[\w-]*/.exec(pasted) ?? [];
	const [header = "", payload = "", signature = ""] = token.split(".");
	return token === "" ? [] : [header, payload, `${signature.slice(0, 6)}…`];
}

function block(title: string, ...contents: readonly Content[]): HTMLElement {
	return make("section", { class: "block" }, make("h3", {}, title), ...contents);
}

function drawAdvice({ steps, nearMiss, whatToDo, notes = [] }: Explanation): HTMLElement[] {
	const mistake = nearMiss ?? steps.find(({ name }) => name === "hint")?.text;
	const rows = [
		...(mistake ? [["Probable mistake", mistake] as const] : []),
		...(whatToDo ? [["What to do", whatToDo] as const] : []),
		...notes.map((note) => ["Look at this", note] as const),
	];
	if (rows.length === 0) return [];
	const parts = rows.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)));
	return [make("dl", { class: "advice" }, ...parts)];
}

function drawStep({ name, ok, text }: Step): HTMLElement {
	const head = make(
		"strong",
		{},
		make("span", { class: "sign", "aria-hidden": "true" }, ok ? "✓" : "✗"),
		make("span", { class: "hidden-text" }, ok ? "passed: " : "failed: "),
		name,
	);
	return make("li", { class: ok ? "good" : "bad" }, head, make("span", {}, text));
}

const PART_NAMES = ["header", "payload", "signature"] as const;

function drawToken(
	{ header, claims, times, purpose, key, decidedBy }: ExplainedToken,
	parts: readonly string[],
): HTMLElement {
	const encoded = parts.flatMap((part, i) => [
		...(i === 0 ? [] : ["."]),
		make("span", { class: `part-${PART_NAMES[i] ?? "signature"}` }, part),
	]);
	const facts = [
		...(purpose ? [`made for: ${purpose}`] : []),
		...(key ? [`signed with the key ${key}`] : []),
		...(decidedBy ? [`decided by: ${decidedBy}`] : []),
	];
	return block(
		"The token",
		...(facts.length > 0
			? [make("p", { class: "chips" }, ...facts.map((fact) => make("span", { class: "chip" }, fact)))]
			: []),
		make(
			"div",
			{ class: "token" },
			...(parts.length > 0
				? [make("div", {}, make("h4", {}, "Encoded"), make("pre", { class: "encoded" }, ...encoded))]
				: []),
			make(
				"div",
				{},
				make("h4", { class: "part-header" }, "Header"),
				drawJson(header, [], undefined, "part-header"),
			),
			make(
				"div",
				{},
				make("h4", { class: "part-payload" }, "Payload"),
				drawJson(claims, times, decidedBy, "part-payload"),
			),
		),
	);
}

/** Draws JSON with the claim that decided marked, and the times in words behind their numbers. */
function drawJson(
	value: object,
	times: ExplainedToken["times"],
	decidedBy: string | undefined,
	className: string,
): HTMLElement {
	const decided = decidedBy?.split(".").at(-1);
	const lines = JSON.stringify(value ?? {}, null, 2).split("\n");
	const drawn = lines.map((line) => {
		const [, indent = "", name, rest = ""] = /^(\s*)"((?:[^"\\]|\\.)*)"(: .*)$/.exec(line) ?? [];
		if (name === undefined) return make("span", { class: "line" }, line);
		const time = /^: \d/.test(rest) ? times.find((one) => one.name.split(".").at(-1) === name) : undefined;
		const contents: Content[] = [indent, make("span", { class: className }, `"${name}"`), rest];
		if (time) contents.push(make("span", { class: "said" }, `  ${time.date}, ${time.says}`));
		return make(name === decided ? "mark" : "span", { class: "line" }, ...contents);
	});
	return make("pre", {}, ...drawn);
}

function drawLink({ stringToSign, expires, says }: NonNullable<Explanation["link"]>): HTMLElement {
	return block(
		"The link",
		make(
			"p",
			{ class: "chips" },
			make("span", { class: "chip" }, says),
			make("span", { class: "chip" }, expires),
		),
		make("p", { class: "quiet" }, "The string that is signed:"),
		make("pre", {}, stringToSign),
	);
}
