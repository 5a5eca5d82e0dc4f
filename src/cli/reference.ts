/**
 * Makes the reference of bindings, reasons and routes from the catalogues and the route tables: tables for the
 * documents, and one entry for `docs-edge describe`.
 */
import { ADVISORIES, type Advisory, type AdvisoryRule } from "../advisories/advisories.ts";
import { ADVISORY_MEANINGS } from "../advisories/advisory-meanings.ts";
import { BINDING_GROUPS, BINDINGS, type BindingText } from "../config/binding-meanings.ts";
import { type BindingName, SECRET_NAMES, VARIABLES } from "../config/bindings.ts";
import { REASONS, type ReasonText } from "../reply/catalogue.ts";
import { replyTo } from "../reply/reply.ts";
import { SERVER_ROUTES } from "../routes/document-server-routes.ts";
import { INTEGRATION_ROUTES } from "../routes/integration-routes.ts";
import {
	OPEN_ROUTE,
	type ReplyStyle,
	type Requirement,
	type Route,
	type TokenRequirement,
} from "../routes/route.ts";
import { ROUTE_MEANINGS } from "../routes/route-meanings.ts";
import type { Fault, Reason } from "../verdict.ts";

/** One Markdown table of bindings per group. */
export function bindingTables(): string {
	return BINDING_GROUPS.map((group) => {
		const rows = entriesOf(BINDINGS).filter(([, text]) => text.group === group);
		const lines = rows.map(([name, text]) => [
			`\`${name}\``,
			kindOf(name, text),
			defaultOf(name, text),
			text.meaning,
		]);
		return `### ${group}\n\n${table(["binding", "kind", "default", "meaning"], lines)}`;
	}).join("\n\n");
}

export function reasonTable(): string {
	const lines = entriesOf(REASONS).map(([reason, { meaning, whatToDo }]) => [
		`\`${reason}\``,
		statusOf(reason),
		meaning,
		whatToDo,
	]);
	return table(["reason", "status", "meaning", "what to do"], lines);
}

/** The routes of a Document Server, then those of an integration. */
export function routeTables(): string {
	const lineOf = (paths: string, { id, methods, requires }: Omit<Route, "path">) => [
		`\`${id}\``,
		paths,
		methods?.join(", ") ?? "all",
		describeRequirement(requires),
	];
	const header = ["route", "path", "methods", "requires"];
	const server = SERVER_ROUTES.map((route) => [
		...lineOf(`\`${route.path}\``, route),
		ROUTE_MEANINGS[route.path] ?? "",
	]);
	const open = [...lineOf("every other path", OPEN_ROUTE), "The origin decides."];
	const integration = Object.values(INTEGRATION_ROUTES).map((route) => lineOf(LISTED_IN[route.id], route));
	return [
		`### In front of a Document Server\n\n${table([...header, "why"], [...server, open])}`,
		`### In front of an integration\n\n${table(header, [...integration, open.slice(0, -1)])}`,
	].join("\n\n");
}

const LISTED_IN: Readonly<Record<keyof typeof INTEGRATION_ROUTES, string>> = {
	"wopi-call": "`WOPI_PATHS`",
	"wopi-file-url": "`WOPI_FILE_URL_PATHS`",
	callback: "`CALLBACK_PATHS`",
	download: "`DOWNLOAD_PATHS`",
};

/** Every advisory, the versions with the hole, and what closes it at the edge. */
export function advisoryTable(): string {
	const lines = ADVISORIES.map((advisory) => {
		const { meaning, source } = ADVISORY_MEANINGS[advisory.id];
		const versions = advisory.fixedIn === undefined ? "all" : `before ${advisory.fixedIn}`;
		return [`\`${advisory.id}\``, versions, meaning, describeClosing(advisory), source];
	});
	return table(["advisory", "versions", "hole", "at the edge", "source"], lines);
}

export function describeClosing({ closedBy }: Advisory): string {
	switch (closedBy.by) {
		case "edge":
			return "closed";
		case "setting":
			return `closed by \`${closedBy.binding}\``;
		case "rule":
			return `rule for \`${closedBy.route}\`: ${describeRule(closedBy.rule)}`;
		case "upgrade":
			return "open: only an upgrade closes it";
	}
}

function describeRule(rule: AdvisoryRule): string {
	switch (rule.kind) {
		case "no traversal":
			return "no `..` and no backslash in the query";
		case "plain extensions":
			return "`filetype` and `outputtype` are letters and digits";
		case "formats":
			return `no ${rule.formats.join(", ")}`;
	}
}

/** @returns the lines about a binding, reason or route of this name; `undefined` for any other name */
export function describeName(name: string): readonly string[] | undefined {
	const reason = entriesOf(REASONS).find(([one]) => one === name)?.[0];
	if (reason) {
		const { meaning, whatToDo } = describeReason(reason);
		return [`${name}: reason of a refusal, status: ${statusOf(reason)}`, meaning, whatToDo];
	}
	const binding = entriesOf(BINDINGS).find(([one]) => one === name.toUpperCase());
	if (binding) {
		const [bindingName, text] = binding;
		const kind = kindOf(bindingName, text);
		return [`${bindingName}: ${kind}, default: ${defaultOf(bindingName, text)}`, text.meaning].map(plain);
	}
	const routes = [...SERVER_ROUTES, OPEN_ROUTE].filter(({ id }) => id === name);
	const listed = Object.values(INTEGRATION_ROUTES).filter(({ id }) => id === name);
	const lines = [
		...routes.map(({ path, methods, requires }) => describeRow(path, methods, requires)),
		...listed.map(({ id, requires }) => describeRow(plain(LISTED_IN[id]), undefined, requires)),
	];
	return lines.length === 0 ? undefined : [`${name}: route`, ...lines];
}

export const isReason = (name: string): name is Reason | Fault => Object.hasOwn(REASONS, name);

/** The catalogue's text as a terminal shows it. */
export function describeReason(reason: Reason | Fault): ReasonText {
	const { meaning, whatToDo } = REASONS[reason];
	return { meaning: plain(meaning), whatToDo: plain(whatToDo) };
}

const describeRow = (path: string, methods: readonly string[] | undefined, requires: Requirement): string =>
	`${path} (${methods?.join(", ") ?? "all methods"}) requires ${describeRequirement(requires)}`;

/** @returns the end of a sentence that begins with "requires" */
export function describeRequirement(requires: Requirement): string {
	switch (requires.kind) {
		case "open":
			return "nothing (open)";
		case "by-exposure":
			return 'nothing; with EXPOSURE = "public" it is closed';
		case "closed":
			return "closed, no request is forwarded";
		case "wopi-page":
			return `a WOPI source on one of WOPI_HOSTS, written plainly (${requires.page})`;
		case "wopi-convert":
			return 'a conversion token in header or query, with WOPI_CONVERT = "token"; else closed';
		case "socket":
			return "a token in the socket's packets, not in this request";
		case "wopi-proof":
			return "a WOPI proof of a Document Server: X-WOPI-Proof, X-WOPI-ProofOld and X-WOPI-TimeStamp";
		case "secure-link":
			return `a signed link, read by ${requires.readers}`;
		case "token":
			return describeToken(requires);
	}
}

function describeToken({ places, orPreflight }: TokenRequirement): string {
	const token = `a token: ${places.map(([place, secret]) => `${place} (${secret} secret)`).join(", then ")}`;
	return orPreflight ? `${token}; OPTIONS without one passes` : token;
}

function kindOf(name: BindingName, { kind }: BindingText): string {
	return kind ?? (SECRET_NAMES.some((secret) => secret === name) ? "secret" : "variable");
}

function defaultOf(name: BindingName, text: BindingText): string {
	if (text.default !== undefined) return text.default;
	const value = (VARIABLES as Readonly<Record<string, string>>)[name] ?? "";
	return value === "" ? "none" : `\`${value}\``;
}

/** The reply itself gives the status. Refusals of a token have the status of their endpoint. */
function statusOf(reason: Reason | Fault): string {
	const statusIn = (reply: ReplyStyle) => {
		const request = new Request("http://edge.invalid/");
		const context = { request, requestId: "", reasons: true };
		return replyTo(reason, { route: { ...OPEN_ROUTE, reply } }, context).status;
	};
	const status = statusIn("nginx");
	return status === statusIn("command") ? String(status) : "the endpoint's";
}

function table(header: readonly string[], lines: readonly (readonly string[])[]): string {
	const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [row(header), row(header.map(() => "---")), ...lines.map(row)].join("\n");
}

const entriesOf = <Name extends string, Value>(record: Readonly<Record<Name, Value>>) =>
	Object.entries(record) as [Name, Value][];

/** Markdown without its code marks and links, for a terminal. */
const plain = (markdown: string): string =>
	markdown
		.replaceAll("`", "")
		.replace(/ See \[[^\]]*\]\([^)]*\)\./g, "")
		.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
