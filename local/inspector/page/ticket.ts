/**
 * The texts of the copy buttons, for a ticket or a chat. No credential leaves the page: tokens, signatures and secrets
 * are cut, and their other copies in the same text too.
 */
import type { Explanation } from "./explanation.ts";

const CUT = "(cut)";

/** Each pattern has the credential in its last group. */
const CREDENTIALS: readonly RegExp[] = [
	// A token anywhere: base64 of `{`, then a quote or white space; then at least one more part.
	/(\be(?:yJ|yAi|w[0ko])[A-Za-z0-9+/_=%-]{6,}\.[A-Za-z0-9+/_=%.-]{6,})/g,
	// A parameter, percent-encoded or not. A colon counts only in JSON: "a token: header" is prose.
	/((?:md5|sha256|[\w-]*token|signature|[\w-]*secret|password)\s*(?:=|%3D)\s*(?:\\?["']|%22)?)([^\s"'&,;}%<\\]+(?:%(?!22|26)[^\s"'&,;}<%\\]*)*)/gi,
	/(\\?["'](?:md5|sha256|[\w-]*token|signature|[\w-]*secret|password)\\?["']\s*:\s*\\?["'])([^\s"'&,;}%<\\]+(?:%(?!22|26)[^\s"'&,;}<%\\]*)*)/gi,
	/(%22(?:md5|sha256|[\w-]*token|signature|[\w-]*secret|password)%22\s*(?::|%3A)\s*%22)([^\s"'&,;}%<\\]+(?:%(?!22|26)[^\s"'&,;}<%\\]*)*)/gi,
	// A header whose value is a credential.
	/((?:authorization|cookie|x-wopi-proof(?:old)?|x-[\w-]*(?:token|secret|key))\w*\s*:\s*(?:bearer\s+|basic\s+)?)([^"'\r\n]+)/gi,
	/(\bbearer\s+)([^\s"']+)/gi,
	// `curl -u name:password` and a password in a URL.
	/((?:^|\s)(?:-u|--user)[\s=]+["']?)([^\s"']+)/g,
	/(https?:\/\/)([^/\s@"']+@)/gi,
];
/** Shorter values stand in many harmless words. */
const LEAST_REPEATED = 6;

/** @param sources texts whose credentials are cut out of `text` too */
export function cutCredentials(text: string, ...sources: readonly string[]): string {
	const found = new Set<string>();
	for (const source of [text, ...sources]) {
		for (const pattern of CREDENTIALS) {
			for (const match of source.matchAll(pattern)) {
				const value = match.at(-1) ?? "";
				if (value.length >= LEAST_REPEATED) found.add(value);
				for (const part of value.split(".")) if (part.length >= MIN_TOKEN_PART) found.add(part);
			}
		}
	}
	let cut = text;
	for (const pattern of CREDENTIALS) {
		cut = cut.replace(pattern, (...match) => {
			const groups = match.slice(
				1,
				match.findIndex((one) => typeof one === "number"),
			);
			return groups.slice(0, -1).join("") + CUT;
		});
	}
	for (const value of [...found].sort((a, b) => b.length - a.length)) cut = cut.replaceAll(value, CUT);
	return cut;
}

/** A token's parts are longer; a part of a hostname seldom is. */
const MIN_TOKEN_PART = 20;

/** @returns one curl line without credentials */
export function curlOf({ redacted }: Explanation, pasted: string): string {
	const text = pasted.trim();
	if (redacted !== undefined) return cutCredentials(redacted, text);
	const cut = cutCredentials(text);
	if (/^\$?\s*curl/.test(text)) return cut.replace(/^\$\s*/, "");
	if (/^(?:https?:\/)?\//i.test(text)) return `curl -i '${cut.replaceAll("'", "%27")}'`;
	return cut;
}

/** @returns Markdown whose details are one block of code, so that no pasted text becomes markup */
export function markdownOf(explanation: Explanation, pasted: string): string {
	const { headline, reason, key, status, steps, whatToDo, nearMiss, notes = [], token, link } = explanation;
	const times = (token?.times ?? []).map(({ name, date, says }) => `${name}: ${date} (${says})`);
	const lines = [
		headline ?? plainHeadline(explanation),
		...(reason ? [`reason: ${reason}${status === undefined ? "" : `, status ${status}`}`] : []),
		...(key ? [`key: ${key}`] : []),
		"",
		...steps.map(({ name, ok, text }) =>
			name === "hint" ? `? ${text}` : `${ok ? "✓" : "✗"} ${name}: ${text}`,
		),
		...(nearMiss && !steps.some(({ name }) => name === "hint") ? [`? ${nearMiss}`] : []),
		...times,
		...(token?.decidedBy ? [`decided by the claim ${token.decidedBy}`] : []),
		...(link ? [`link: ${link.says} (${link.expires})`] : []),
		...notes.map((note) => `note: ${note}`),
		...(whatToDo ? ["", `What to do: ${whatToDo}`] : []),
		"",
		curlOf(explanation, pasted),
	];
	const text = cutCredentials(lines.join("\n"), pasted);
	const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
	const fence = "`".repeat(longest + 1);
	return `${fence}text\n${text}\n${fence}\n`;
}

export function plainHeadline({ ok, reason }: Explanation): string {
	return ok ? "Accepted" : `Refused: ${reason}`;
}
