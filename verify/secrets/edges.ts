/**
 * The edges that are searched: one with all hosts, and one for each binding that holds for all hosts.
 */
import type { EdgeOptions } from "../../local/edge.ts";
import type { Canaries } from "./canaries.ts";
import { hostTable, misplacedHosts, type Origins, type Secrets } from "./configuration.ts";
import { DOCUMENT } from "./requests/kit.ts";

export interface SearchedEdge {
	readonly name: string;
	readonly options: Pick<EdgeOptions, "bindings" | "denyList" | "rateLimits">;
	/** The hosts of the main edge with a canary in the place of a value. */
	readonly misplaced?: readonly string[];
}

const LOGGING = { LOG_NEAR_MISS: "true", LOG_CLIENT_IP: "full" };
const SIMPLE = { limit: 3, period: 60 } as const;

export function searchedEdges(
	canaries: Canaries,
	secrets: Secrets,
	origins: Origins,
): readonly SearchedEdge[] {
	const common = { ...secrets.bindings, ...LOGGING, ORIGIN: origins.good };
	const misplaced = misplacedHosts(canaries);
	const table = { ...hostTable(origins, secrets), ...misplaced };
	const main: SearchedEdge = {
		name: "all hosts",
		options: { bindings: { ...common, HOSTS: JSON.stringify(table) } },
		misplaced: Object.keys(misplaced),
	};
	const hosts = JSON.stringify(hostTable(origins, secrets));
	const with_ = (
		name: string,
		bindings: object,
		more: Omit<EdgeOptions, "bundle" | "bindings"> = {},
	): SearchedEdge => ({
		name,
		options: { bindings: { ...common, HOSTS: hosts, ...bindings }, ...more },
	});
	const deny = (name: string, list: object) => with_(`denied ${name}`, { DENY: JSON.stringify(list) });
	const now = new Date(Date.now() - 1000).toISOString();
	const canary = () => canaries.make("claim", "of a deny list");
	return [
		main,
		deny("key", { keys: { first: true } }),
		deny("issue time", { keys: { first: { issuedBefore: now } } }),
		deny("document", { documents: [DOCUMENT, canary()] }),
		deny("purpose", { purposes: ["command", "conversion", "editor"], documents: [canary()] }),
		deny("host", { hosts: ["docs.test", "acme.test"], documents: [canary()] }),
		deny("network", { networks: ["203.0.113.0/24"] }),
		deny("lockdown", { lockdown: true, allowNetworks: ["192.0.2.0/24"] }),
		with_("a broken deny list", { DENY: `{"documents":["${canary()}"`, DENY_FAIL: "closed" }),
		with_(
			"a deny list with wrong entries",
			{},
			{ denyList: JSON.stringify({ networks: [canary()], [canary()]: 1 }) },
		),
		with_(
			"rate limits",
			{},
			{ rateLimits: { LIMIT_REFUSED: SIMPLE, LIMIT_CALLS: SIMPLE, LIMIT_SOCKETS: SIMPLE } },
		),
		with_("a broken table of hosts", {
			HOSTS: `{"docs.test":"${canaries.make("secret", "in a broken HOSTS")}"`,
		}),
		with_("tenants", { HOSTS: "", TENANTS_BASE_DOMAIN: "test" }),
		with_("no tenant", {
			HOSTS: "",
			TENANTS_BASE_DOMAIN: canaries.make("secret", "pasted into TENANTS_BASE_DOMAIN"),
		}),
	];
}
