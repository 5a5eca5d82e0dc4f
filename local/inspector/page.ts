/**
 * The inspector's page: sends the pasted text, draws the steps and the list of decisions.
 * All content is set as text, never as markup, so no script in a pasted request runs.
 */
interface Step {
	readonly name: string;
	readonly ok: boolean;
	readonly text: string;
}
interface Explanation {
	readonly ok: boolean;
	readonly reason?: string;
	readonly steps: readonly Step[];
}
interface Decision {
	readonly time: string;
	readonly method: string;
	readonly route: string;
	readonly verdict: "accept" | "refuse";
	readonly reason?: string;
	readonly key?: string;
	readonly status: number;
}

const DECISIONS_SHOWN = 100;

function find<T extends Element>(selector: string): T {
	const element = document.querySelector<T>(selector);
	if (element === null) throw new Error(`no ${selector}`);
	return element;
}

function element(name: string, text = "", className = ""): HTMLElement {
	const made = document.createElement(name);
	made.textContent = text;
	made.className = className;
	return made;
}

const pasted = find<HTMLTextAreaElement>("#pasted");
const summary = find<HTMLElement>("#summary");

find<HTMLFormElement>("#form").addEventListener("submit", async (event) => {
	event.preventDefault();
	const response = await fetch("explain", { method: "POST", body: pasted.value }).catch(() => undefined);
	if (!response?.ok) {
		summary.textContent = response
			? await response.text()
			: "The inspector does not answer: is it still running?";
		find("#steps").replaceChildren();
		return;
	}
	const explanation = (await response.json()) as Explanation;
	summary.textContent = explanation.ok ? "Accepted." : `Refused: ${explanation.reason}.`;
	find("#steps").replaceChildren(...explanation.steps.map(drawStep));
});

pasted.addEventListener("keydown", (event) => {
	if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) pasted.form?.requestSubmit();
});

function drawStep({ name, ok, text }: Step): HTMLElement {
	const isHint = name === "hint";
	const item = element("li", "", isHint ? "note" : ok ? "good" : "bad");
	item.append(
		element("strong", `${isHint ? "hint" : ok ? "✓" : "✗"} ${isHint ? "" : name}`),
		element("span", text),
	);
	return item;
}

const counts = new Map<string, number>();

new EventSource("decisions").addEventListener("message", ({ data }) => {
	const decision = JSON.parse(data) as Decision;
	find<HTMLElement>("#empty").hidden = true;
	const rows = find("#decisions tbody");
	rows.prepend(drawDecision(decision));
	if (rows.children.length > DECISIONS_SHOWN) rows.lastElementChild?.remove();
	const outcome = decision.verdict === "accept" ? "accepted" : (decision.reason ?? "refused");
	counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
	drawCounts();
});

function drawDecision({ time, method, route, verdict, reason, key, status }: Decision): HTMLElement {
	const row = element("tr", "", verdict === "accept" ? "good" : "bad");
	row.append(
		element("td", new Date(time).toLocaleTimeString()),
		element("td", `${method} ${route}`),
		element("td", verdict === "accept" ? "✓ accept" : "✗ refuse", "verdict"),
		element("td", reason ?? key ?? ""),
		element("td", String(status)),
	);
	return row;
}

function drawCounts(): void {
	const most = Math.max(...counts.values());
	const ordered = [...counts].sort(([, a], [, b]) => b - a);
	find("#counts tbody").replaceChildren(
		...ordered.map(([outcome, count]) => {
			const row = element("tr", "", outcome === "accepted" ? "good" : "bad");
			const bar = element("div", "", "bar");
			bar.style.width = `${(count / most) * 100}%`;
			const cell = element("td");
			cell.setAttribute("aria-hidden", "true");
			cell.append(bar);
			row.append(element("td", outcome), element("td", String(count)), cell);
			return row;
		}),
	);
}
