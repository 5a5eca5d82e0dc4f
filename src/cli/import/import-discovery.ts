/**
 * `docs-edge import --discovery`: `WOPI_PROOF_KEYS` from the WOPI discovery of one or several Document Servers.
 */
import { readFileSync } from "node:fs";
import { readWopiProofKeys } from "../../config/wopi-proof-keys.ts";
import type { Finding, ServerSettings } from "./document-server-files.ts";
import { type DiscoveredKeys, parseDiscovery } from "./wopi-discovery.ts";

const DISCOVERY_PATH = "/hosting/discovery";
const FETCH_TIMEOUT_MS = 10_000;
/** Real ones have some 200 KB. */
const DISCOVERY_LIMIT_CHARACTERS = 4 * 1024 * 1024;

export interface ImportedKeys {
	/** Value of the binding; `undefined` where one of the discoveries has no good keys. */
	readonly binding: string | undefined;
	readonly findings: readonly Finding[];
}

/** Those settings, and the proof keys of these discoveries. */
export async function withDiscoveries<
	Settings extends ServerSettings & { readonly findings: readonly Finding[] },
>(settings: Settings, sources: readonly string[]): Promise<Settings> {
	if (sources.length === 0) return settings;
	const { binding, findings } = await importDiscoveries(sources);
	return {
		...settings,
		variables: { ...settings.variables, ...(binding !== undefined && { WOPI_PROOF_KEYS: binding }) },
		findings: [...settings.findings, ...findings],
	};
}

/** @param sources files, or URLs of a discovery or of a server @throws for one that cannot be read */
export async function importDiscoveries(sources: readonly string[]): Promise<ImportedKeys> {
	const findings: Finding[] = [];
	const sets: (DiscoveredKeys & { readonly name?: string })[] = [];
	for (const source of sources) {
		const discovery = parseDiscovery(await readSource(source, findings));
		const where = sources.length > 1 ? `${source}: ` : "";
		findings.push(...discovery.findings.map((finding) => ({ ...finding, text: where + finding.text })));
		if (discovery.keys)
			sets.push(sources.length > 1 ? { name: nameOf(source), ...discovery.keys } : discovery.keys);
	}
	const binding = JSON.stringify(sets.length === 1 && sources.length === 1 ? sets[0] : sets);
	if (sets.length < sources.length) return { binding: undefined, findings };
	readWopiProofKeys({ WOPI_PROOF_KEYS: binding }, undefined, (name, problem) => {
		findings.push({ mark: "bad", text: `${name} of these ${problem}`, mend: MEND });
	});
	return findings.some(({ mark }) => mark === "bad")
		? { binding: undefined, findings }
		: { binding, findings };
}

const MEND =
	"on the server: make a new key for wopi.privateKey (openssl genpkey -algorithm RSA), and write its public parts in local.json";

const isUrl = (source: string) => /^https?:\/\//i.test(source);
/** For the log: a host, or a file without its folder and ending. */
const nameOf = (source: string) =>
	(isUrl(source) ? new URL(source).hostname : (source.split(/[/\\]/).at(-1) ?? "").replace(/\.\w+$/, ""))
		.replace(/[^\w.-]/g, "_")
		.slice(0, 64);

async function readSource(source: string, findings: Finding[]): Promise<string> {
	if (!isUrl(source)) return readFileSync(source, "utf8");
	const url = new URL(source);
	if (url.pathname === "/") url.pathname = DISCOVERY_PATH;
	if (url.protocol === "http:" && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
		findings.push({ mark: "note", text: "read by http: whoever is on the way could have put in other keys" });
	const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch(
		() => {
			throw new Error(`${url.origin} cannot be reached, or redirects`);
		},
	);
	if (answer.status !== 200)
		throw new Error(
			`${url.origin}${url.pathname} answers ${answer.status}: is wopi.enable true in the server's local.json?`,
		);
	const text = await answer.text();
	if (text.length > DISCOVERY_LIMIT_CHARACTERS) throw new Error("that is too long for a WOPI discovery");
	return text;
}
