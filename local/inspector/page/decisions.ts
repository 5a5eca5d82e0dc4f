/**
 * The live list of decisions. The page keeps the last hundred, and counts each event once by its id.
 */
import { count, drawCharts, type Outcome } from "./charts.ts";
import { type Content, find, make } from "./dom.ts";
import { drawDetails, drawVerdict, type Explanation } from "./explanation.ts";

/** A line of the edge's log. Members that no column shows are shown when the row is open. */
interface Decision {
	readonly time: string;
	readonly id?: string;
	readonly host?: string;
	readonly method: string;
	readonly route: string;
	readonly verdict: "accept" | "refuse";
	readonly reason?: string;
	readonly key?: string;
	readonly cache?: string;
	/** A refused packet of a socket has no response of its own. */
	readonly status?: number;
	readonly ms: number;
	readonly shadow?: string;
	/** The line stands for so many requests. */
	readonly sampled?: number;
}

const DECISIONS_SHOWN = 100;
const CHART_EVERY_MS = 2000;

const table = find<HTMLElement>("#decisions");
const rows = find<HTMLElement>("#decisions tbody");
const filter = find<HTMLInputElement>("#filter");
const pause = find<HTMLButtonElement>("#pause");
const counts = new Map<string, { outcome: Outcome; requests: number }>();
/** Decisions that came in while the list was paused. */
const waiting: Decision[] = [];
let isPaused = false;
let missed = 0;
let last = { run: "", number: 0 };

export function showDecisions(): void {
	const source = new EventSource("decisions");
	source.addEventListener("open", () => setState("live", "live"));
	source.addEventListener("error", () => setState("lost", "not connected: is the edge still running?"));
	source.addEventListener("message", ({ data, lastEventId }) => {
		if (isNew(lastEventId)) take(JSON.parse(data) as Decision);
	});
	filter.addEventListener("input", applyFilter);
	pause.addEventListener("click", togglePause);
	rows.addEventListener("click", ({ target }) => void toggle(rowOf(target)));
	rows.addEventListener("keydown", moveOrOpen);
	setInterval(() => drawCharts(Date.now()), CHART_EVERY_MS);
	drawCharts(Date.now());
}

/** A browser that reconnects may get an event twice. A restarted inspector begins a new run, at 1. */
function isNew(id: string): boolean {
	const [run = "", digits = ""] = id.split("-");
	const number = Number(digits);
	if (run === last.run && number <= last.number) return false;
	if (run === last.run) missed += number - last.number - 1;
	last = { run, number };
	return true;
}

function setState(className: string, text: string): void {
	const state = find<HTMLElement>("#connection");
	state.className = className;
	state.textContent = text;
}

function outcomeOf({ verdict, reason, status = 0 }: Decision): Outcome {
	if (verdict === "refuse") return "bad";
	return reason !== undefined || status >= 500 ? "note" : "good";
}

/** The name under which a decision is counted. */
function nameOf(decision: Decision): string {
	return decision.reason ?? (outcomeOf(decision) === "note" ? `origin-${decision.status}` : "accepted");
}

function take(decision: Decision): void {
	const outcome = outcomeOf(decision);
	const weight = decision.sampled ?? 1;
	count(Date.parse(decision.time), decision.ms, outcome, weight);
	const name = nameOf(decision);
	counts.set(name, { outcome, requests: (counts.get(name)?.requests ?? 0) + weight });
	drawSoon();
	if (!isPaused) {
		add(decision);
		return;
	}
	waiting.push(decision);
	if (waiting.length > DECISIONS_SHOWN) waiting.shift();
	namePause();
}

let willDraw = false;

/** Draws once per frame. A busy edge would otherwise keep the page from answering. */
function drawSoon(): void {
	if (willDraw) return;
	willDraw = true;
	requestAnimationFrame(() => {
		willDraw = false;
		drawCounts();
		drawCharts(Date.now());
	});
}

/** A click on a count filters the list by its name. */
function drawCounts(): void {
	const ordered = [...counts].sort(([, a], [, b]) => b.requests - a.requests);
	const items = ordered.map(([name, { outcome, requests }]) => {
		const isOn = filter.value === name;
		const button = make(
			"button",
			{ type: "button", class: `count ${outcome}`, "aria-pressed": String(isOn) },
			make("span", {}, name),
			" ",
			make("b", {}, String(requests)),
		);
		button.addEventListener("click", () => {
			filter.value = isOn ? "" : name;
			applyFilter();
			focusCount(name);
		});
		return make("li", { "data-name": name }, button);
	});
	const focused = document.activeElement?.closest<HTMLElement>("#counts li")?.dataset.name;
	find("#counts").replaceChildren(...items);
	if (focused !== undefined) focusCount(focused);
	find("#missed").textContent =
		missed > 0 ? `${missed} decisions came in while the page was not connected.` : "";
}

/** The buttons are drawn anew with every decision. The keyboard's focus would otherwise get lost. */
function focusCount(name: string): void {
	for (const item of find("#counts").children)
		if (item instanceof HTMLElement && item.dataset.name === name) item.querySelector("button")?.focus();
}

const COLUMNS = ["time", "host", "request", "verdict", "reason", "key", "status", "ms", "cache"] as const;

function add(decision: Decision): void {
	const {
		time,
		host = "",
		method,
		route,
		verdict,
		reason = "",
		key = "",
		cache = "",
		status,
		ms,
		shadow,
	} = decision;
	const outcome = outcomeOf(decision);
	const sign = { good: "✓", note: "!", bad: "✗" }[outcome];
	const said = outcome === "note" && reason ? "failed" : verdict;
	const cells: Record<(typeof COLUMNS)[number], string> = {
		time: new Date(time).toLocaleTimeString([], { hour12: false }),
		host,
		request: `${method} ${route}`,
		verdict: `${sign} ${said}${shadow ? " (shadow)" : ""}`,
		reason,
		key,
		status: String(status ?? ""),
		ms: String(ms ?? ""),
		cache,
	};
	const row = make(
		"tr",
		{ class: outcome, tabindex: "-1", "aria-expanded": "false" },
		...COLUMNS.map((name) => make("td", { class: name, "data-name": name }, cells[name])),
	);
	decisionOf.set(row, decision);
	find<HTMLElement>("#empty").hidden = true;
	table.hidden = false;
	rows.prepend(row);
	row.hidden = !matches(row);
	const all = [...rows.querySelectorAll<HTMLElement>(":scope > tr:not(.detail)")];
	for (const old of all.slice(DECISIONS_SHOWN)) {
		close(old);
		old.remove();
	}
	keepOneReachable();
}

const decisionOf = new WeakMap<HTMLElement, Decision>();

const visibleRows = (): HTMLElement[] => [
	...rows.querySelectorAll<HTMLElement>(":scope > tr:not(.detail):not([hidden])"),
];

/** Tab reaches one row, and the arrows move between rows. A hundred rows would be a hundred stops for Tab. */
function keepOneReachable(wanted?: HTMLElement): void {
	const all = visibleRows();
	const row = wanted ?? all.find((one) => one === document.activeElement) ?? all[0];
	for (const one of rows.querySelectorAll<HTMLElement>('[tabindex="0"]')) if (one !== row) one.tabIndex = -1;
	if (row) row.tabIndex = 0;
}

function matches(row: HTMLElement): boolean {
	const decision = decisionOf.get(row);
	if (decision === undefined) return false;
	const cells = [...row.children].map(({ textContent }) => textContent);
	const all = [...cells, nameOf(decision), ...Object.values(decision)].join(" ").toLowerCase();
	return filter.value
		.toLowerCase()
		.split(/\s+/)
		.every((word) => all.includes(word));
}

function applyFilter(): void {
	const all = [...rows.querySelectorAll<HTMLElement>(":scope > tr:not(.detail)")];
	for (const row of all) {
		row.hidden = !matches(row);
		if (row.hidden) close(row);
	}
	keepOneReachable();
	drawCounts();
	const shown = visibleRows().length;
	find("#shown").textContent = filter.value === "" ? "" : `${shown} of ${all.length} match.`;
}

function togglePause(): void {
	isPaused = !isPaused;
	if (!isPaused) for (const decision of waiting.splice(0)) add(decision);
	namePause();
	drawCharts(Date.now());
}

function namePause(): void {
	pause.textContent = isPaused ? `Resume (${waiting.length} new)` : "Pause";
}

const rowOf = (target: EventTarget | null): HTMLElement | undefined =>
	target instanceof Element ? (target.closest<HTMLElement>("tr:not(.detail)") ?? undefined) : undefined;

function moveOrOpen(event: KeyboardEvent): void {
	const row =
		event.target instanceof HTMLElement && event.target.matches("tr:not(.detail)") ? event.target : undefined;
	if (event.key === "Escape") {
		const open = row ?? openRowOf(event.target);
		if (open === undefined) return;
		close(open);
		open.focus();
		return;
	}
	if (row === undefined) return;
	const all = visibleRows();
	const at = all.indexOf(row);
	const next = { ArrowDown: all[at + 1], ArrowUp: all[at - 1], Home: all[0], End: all.at(-1) }[event.key];
	if (event.key === "Enter" || event.key === " ") void toggle(row);
	else if (next) {
		keepOneReachable(next);
		next.focus();
	} else return;
	event.preventDefault();
}

/** @returns the row whose details hold this element */
function openRowOf(target: EventTarget | null): HTMLElement | undefined {
	const detail = target instanceof Element ? target.closest("tr.detail") : null;
	return detail?.previousElementSibling instanceof HTMLElement ? detail.previousElementSibling : undefined;
}

function close(row: HTMLElement): void {
	row.setAttribute("aria-expanded", "false");
	if (row.nextElementSibling?.matches(".detail")) row.nextElementSibling.remove();
}

/** Explains the request of the row. The local run keeps the last requests; for an older one the reason is explained. */
async function toggle(row: HTMLElement | undefined): Promise<void> {
	const decision = row && decisionOf.get(row);
	if (row === undefined || decision === undefined) return;
	if (row.getAttribute("aria-expanded") === "true") return close(row);
	row.setAttribute("aria-expanded", "true");
	const cell = make("td", { colspan: String(COLUMNS.length) }, drawFacts(decision));
	row.after(make("tr", { class: "detail" }, cell));
	const explanation = await explainDecision(decision);
	if (explanation) {
		cell.prepend(make("p", {}, ...drawVerdict(explanation)));
		cell.append(...drawDetails(explanation));
		return;
	}
	cell.append(...drawHelp(decision));
	const names = decision.reason === undefined ? [decision.route] : [decision.reason, decision.route];
	const described = await Promise.all(names.map(describe));
	cell.prepend(...described.flat());
}

async function explainDecision({ id }: Decision): Promise<Explanation | undefined> {
	const response = id ? await fetch(`explain/${encodeURIComponent(id)}`).catch(() => undefined) : undefined;
	return response?.ok ? ((await response.json()) as Explanation) : undefined;
}

async function describe(name: string): Promise<HTMLElement[]> {
	const response = await fetch(`describe/${encodeURIComponent(name)}`).catch(() => undefined);
	if (!response?.ok) return [];
	const [title = "", ...lines] = (await response.json()) as string[];
	return [make("h3", {}, title), ...lines.map((line) => make("p", {}, line))];
}

const IN_COLUMNS = new Set([
	"time",
	"host",
	"method",
	"route",
	"verdict",
	"reason",
	"key",
	"status",
	"ms",
	"cache",
]);

function drawFacts(decision: Decision): HTMLElement {
	const facts = Object.entries(decision)
		.filter(([name]) => !IN_COLUMNS.has(name))
		.map(([name, value]) => `${name === "id" ? "X-Request-Id" : name}: ${value}`);
	return make("p", { class: "chips" }, ...facts.map((fact) => make("code", { class: "chip" }, fact)));
}

/** The log holds no path and no credential. */
function drawHelp({ reason }: Decision): Content[] {
	const button = make("button", { type: "button", class: "plain" }, "Paste the request");
	button.addEventListener("click", () => find<HTMLElement>("#pasted").focus());
	return [
		make(
			"p",
			{ class: "quiet" },
			"The edge logs no path and no credential. ",
			reason === undefined
				? "To see each step of this decision, paste the request above."
				: "To see which part of the request is wrong, paste the request above.",
			" In the browser's network tools, it is “Copy as cURL”.",
		),
		button,
	];
}
