/**
 * `docs-edge import --discovery`: makes `WOPI_PROOF_KEYS` from the WOPI discovery of one or several Document Servers.
 * Makes no binding if one of them has no usable keys: the requests of that server would be refused.
 */
import { readFileSync } from "node:fs";
import { readWopiProofKeys } from "../../config/wopi-proof-keys.ts";
import type { Finding, ServerSettings } from "./document-server-files.ts";
import { type DiscoveredKeys, parseDiscovery } from "./wopi-discovery.ts";

const DISCOVERY_PATH = "/hosting/discovery";
const FETCH_TIMEOUT_MS = 10_000;
/** A real discovery has about 200 KB. A longer text is another page. */
const DISCOVERY_LIMIT_CHARACTERS = 4 * 1024 * 1024;

export interface ImportedKeys {
	/** The binding's value; `undefined` if one of the discoveries has no usable keys. */
	readonly binding: string | undefined;
	readonly findings: readonly Finding[];
}

/** Adds the proof keys of the discoveries to the settings. */
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

/**
 * @param sources files, or URLs of a discovery or of a server
 * @throws for a source that cannot be read
 */
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
		findings.push({ mark: "bad", text: `${name} from these discoveries ${problem}`, mend: MEND });
	});
	return findings.some(({ mark }) => mark === "bad")
		? { binding: undefined, findings }
		: { binding, findings };
}

const MEND =
	"on the server: make a new key for wopi.privateKey (openssl genpkey -algorithm RSA), and write its public parts in local.json";

const isUrl = (source: string) => /^https?:\/\//i.test(source);
/** The name for the log: the host of a URL, or the name of a file without folder and ending. */
const nameOf = (source: string) =>
	(isUrl(source) ? new URL(source).hostname : (source.split(/[/\\]/).at(-1) ?? "").replace(/\.\w+$/, ""))
		.replace(/[^\w.-]/g, "_")
		.slice(0, 64);

async function readSource(source: string, findings: Finding[]): Promise<string> {
	if (!isUrl(source)) return readFileSync(source, "utf8");
	const url = new URL(source);
	if (url.pathname === "/") url.pathname = DISCOVERY_PATH;
	if (url.protocol === "http:" && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
		findings.push({
			mark: "note",
			text: `${source} was read over http: an attacker on the way can replace the keys`,
			mend: "read the discovery over https, or from a file",
		});
	const response = await fetch(url, {
		redirect: "error",
		signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
	}).catch(() => {
		throw new Error(`${url.origin} cannot be reached, or redirects`);
	});
	if (response.status !== 200)
		throw new Error(
			`${url.origin}${url.pathname} answers ${response.status}: is wopi.enable true in the server's local.json?`,
		);
	const text = await response.text();
	if (text.length > DISCOVERY_LIMIT_CHARACTERS)
		throw new Error(`${source} is too long for a WOPI discovery: give the URL of ${DISCOVERY_PATH}`);
	return text;
}
