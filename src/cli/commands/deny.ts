/**
 * `docs-edge deny` and `docs-edge stop`: edit the deny list that all isolates of the edge read.
 */
import { type Command, Option } from "commander";
import { PURPOSES } from "../../routes/purpose.ts";
import {
	addEntries,
	type DenyEntries,
	describeRules,
	parseRules,
	removeEntries,
	setLockdown,
} from "../deny/edit-list.ts";
import { fileStore, type ListStore, type NamespaceOptions, namespaceStore } from "../deny/list-store.ts";
import { print, waitingFor } from "../terminal.ts";
import { json } from "./options.ts";

interface StoreOptions extends NamespaceOptions {
	readonly file?: string;
	readonly json?: true;
}

interface EntryOptions extends StoreOptions {
	readonly key?: string[];
	readonly issuedBefore?: string;
	readonly document?: string[];
	readonly host?: string[];
	readonly purpose?: string[];
	readonly network?: string[];
	readonly allowNetwork?: string[];
}

type Rules = ReturnType<typeof parseRules>;

/** The command that writes `DENY`. An operator may copy it from the two texts below. */
const wranglerSecret = ({ env }: StoreOptions) =>
	`npx wrangler secret put DENY${env === undefined ? "" : ` --env ${env}`}`;
const whenSeen = (options: StoreOptions) =>
	`Every location of the edge follows within about 90 seconds. At once, in place of what DENY holds: docs-edge deny list --json | ${wranglerSecret(options)}`;
const stopBySecret = (options: StoreOptions) =>
	`Without the list, in place of what DENY holds: echo '{"lockdown":true}' | ${wranglerSecret(options)}`;

export function addDenyCommands(program: Command): void {
	const deny = program
		.command("deny")
		.description("the deny list in the KV namespace DENY_LIST, or in a file");
	withStore(deny.command("list").description("prints the list")).action(async (options: StoreOptions) => {
		printRules(parseRules((await storeOf(options).read()) ?? ""), options);
	});
	withEntries(deny.command("add").description("adds entries, and prints the list"))
		.addOption(
			new Option("--issued-before <time>", "the keys deny only tokens issued before: 2026-11-20T00:00:00Z"),
		)
		.action((options: EntryOptions, command: Command) => edit(options, command, addEntries));
	withEntries(deny.command("remove").description("removes entries, and prints the list")).action(
		(options: EntryOptions, command: Command) => edit(options, command, removeEntries),
	);
	withStore(
		program
			.command("stop")
			.description("closes all protected routes of the edge at once (lockdown), or opens them again")
			.option("--allow-network <network...>", "clients that are let through: 192.0.2.0/24")
			.option("--end", "ends the lockdown; the other rules stay"),
	).action(async (options: StoreOptions & { allowNetwork?: string[]; end?: true }) => {
		const allowNetworks = options.allowNetwork ?? [];
		await change(options, (rules) =>
			setLockdown(addEntries(rules, { ...NO_ENTRIES, allowNetworks }), options.end !== true),
		).catch((error: Error) => {
			if (options.end) throw error;
			throw new Error(`${error.message}\n${stopBySecret(options)}`);
		});
	});
}

const NO_ENTRIES: DenyEntries = {
	keys: [],
	documents: [],
	hosts: [],
	purposes: [],
	networks: [],
	allowNetworks: [],
};

const withStore = (command: Command): Command =>
	command
		.option("--file <file>", "a file instead of the KV namespace")
		.option("--local", "the KV namespace of wrangler dev")
		.option("--env <name>", "environment in wrangler.toml")
		.addOption(json());

const withEntries = (command: Command): Command =>
	withStore(
		command
			.option("--key <name...>", "name of a key: its links and tokens")
			.option("--document <key...>", "key of a document")
			.option("--host <name...>", "hostname, name in HOSTS, or tenant")
			.addOption(new Option("--purpose <purpose...>", "what tokens are for").choices(PURPOSES))
			.option("--network <network...>", "clients: 203.0.113.0/24")
			.option("--allow-network <network...>", "clients that a lockdown lets through"),
	);

const storeOf = ({ file, ...namespace }: StoreOptions): ListStore =>
	file === undefined ? namespaceStore(namespace) : fileStore(file);

async function edit(
	options: EntryOptions,
	command: Command,
	apply: (rules: Rules, entries: DenyEntries) => Rules,
): Promise<void> {
	const { key = [], document = [], host = [], purpose = [], network = [], allowNetwork = [] } = options;
	const entries = {
		keys: key,
		documents: document,
		hosts: host,
		purposes: purpose,
		networks: network,
		allowNetworks: allowNetwork,
	};
	if (Object.values(entries).flat().length === 0)
		command.error("name an entry: --key, --document, --host, --purpose, --network or --allow-network");
	if (options.issuedBefore !== undefined && key.length === 0)
		command.error("--issued-before belongs to --key");
	const { issuedBefore } = options;
	await change(options, (rules) => apply(rules, { ...entries, issuedBefore }));
	if (key.length > 0 && !options.json) print(SESSIONS);
}

/** Session tokens are signed by the server, whatever key has opened the editor. */
const SESSIONS =
	"Editors that this key has opened keep the server's own session tokens. To end those too, deny the server's key as well: --key ORIGIN_JWT_SECRET --issued-before NOW (the log has the name of the key)";

async function change(options: StoreOptions, apply: (rules: Rules) => Rules): Promise<void> {
	const store = storeOf(options);
	const rules = apply(parseRules((await waitingFor("reading the list", store.read())) ?? ""));
	await waitingFor("writing the list", store.write(`${JSON.stringify(rules, null, 2)}\n`));
	printRules(rules, options);
	if (!options.json && options.file === undefined && !options.local) print(whenSeen(options));
}

function printRules(rules: Rules, { json }: StoreOptions): void {
	const lines = json ? [JSON.stringify(rules)] : describeRules(rules);
	for (const line of lines.length === 0 ? ["the list is empty"] : lines) print(line);
}
