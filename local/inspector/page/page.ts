/**
 * The inspector's page: sends the pasted text, and shows the explanation. `decisions.ts` shows the live list.
 */
import { showDecisions } from "./decisions.ts";
import { find, make } from "./dom.ts";
import { drawDetails, drawVerdict, type Explanation } from "./explanation.ts";
import { curlOf, markdownOf } from "./ticket.ts";

const COPIED_MS = 2000;

const pasted = find<HTMLTextAreaElement>("#pasted");
const form = find<HTMLFormElement>("#form");
const host = find<HTMLSelectElement>("#host");
const summary = find<HTMLElement>("#summary");
const details = find<HTMLElement>("#details");
const actions = find<HTMLElement>("#actions");
let requests = 0;
let shown: { readonly explanation: Explanation; readonly pasted: string } | undefined;

form.addEventListener("submit", (event) => {
	event.preventDefault();
	void explainPasted();
});

pasted.addEventListener("keydown", (event) => {
	if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

async function explainPasted(): Promise<void> {
	const text = pasted.value;
	const number = ++requests;
	const response = await fetch(`explain?host=${encodeURIComponent(host.value)}`, {
		method: "POST",
		body: text,
	}).catch(() => undefined);
	const explanation = response?.ok ? ((await response.json()) as Explanation) : undefined;
	const problem = response
		? await (explanation ? "" : response.text())
		: "The inspector does not answer: is it still running?";
	// Answers can overtake each other. Only the newest request is shown.
	if (number !== requests) return;
	shown = explanation && { explanation, pasted: text };
	actions.hidden = shown === undefined;
	if (explanation === undefined) {
		summary.className = "bad";
		summary.replaceChildren(make("strong", {}, problem));
		details.replaceChildren();
	} else {
		const { ok, notes = [] } = explanation;
		summary.className = ok ? (notes.length > 0 ? "note" : "good") : "bad";
		summary.replaceChildren(...drawVerdict(explanation));
		details.replaceChildren(...drawDetails(explanation, text));
	}
	summary.scrollIntoView({ block: "nearest" });
}

function copyOnClick(selector: string, textOf: (explanation: Explanation, pasted: string) => string): void {
	const button = find<HTMLButtonElement>(selector);
	const name = button.textContent;
	button.addEventListener("click", async () => {
		if (shown === undefined) return;
		const text = textOf(shown.explanation, shown.pasted);
		const isCopied = await navigator.clipboard.writeText(text).then(
			() => true,
			() => false,
		);
		button.textContent = isCopied ? "Copied" : "The browser forbids it";
		setTimeout(() => {
			button.textContent = name;
		}, COPIED_MS);
	});
}

async function showExamples(): Promise<void> {
	const response = await fetch("examples").catch(() => undefined);
	if (!response?.ok) return;
	const { hosts, examples } = (await response.json()) as {
		readonly hosts: readonly string[];
		readonly examples: readonly { readonly title: string; readonly request: string }[];
	};
	for (const name of hosts) host.append(make("option", { value: name.replace("*", "any") }, name));
	find<HTMLElement>("#host-choice").hidden = hosts.length < 2;
	const buttons = examples.map(({ title, request }) => {
		const button = make("button", { type: "button", class: "plain" }, title);
		button.addEventListener("click", () => {
			pasted.value = request;
			host.value = "";
			form.requestSubmit();
		});
		return make("li", {}, button);
	});
	find("#examples").append(...buttons);
	find<HTMLElement>("#examples-row").hidden = examples.length === 0;
}

if (/Mac|iP/.test(navigator.platform)) find("#submit-key").textContent = "⌘";
copyOnClick("#copy-curl", curlOf);
copyOnClick("#copy-markdown", markdownOf);
showDecisions();
void showExamples();
