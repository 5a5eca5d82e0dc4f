/**
 * A tenant per sub-domain (`TENANTS_BASE_DOMAIN`), as in the server's multi-tenant mode: `acme.docs.example.com` has
 * the secrets `ACME_…` and no others.
 */
import { type Bindings, SECRET_NAMES } from "./bindings.ts";
import type { HostSource } from "./host.ts";

/**
 * The names of secrets begin with such a prefix: the `SECRETS` of a host, or the tenant in capital letters. The prefix
 * `ACME_ORIGIN` is refused: `ACME_ORIGIN_JWT_SECRET` would have two meanings.
 */
export const SECRETS_PREFIX = /^(?!(?:.*_)?ORIGIN$)[A-Z\d_]{1,64}$/;
/** One label: `a.b` and `a-b` would share one prefix. */
const TENANT = /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/;

/** @param tenant the label before the base domain */
export function findTenant(tenant: string, env: Bindings): HostSource | undefined {
	if (!TENANT.test(tenant)) return undefined;
	const name = tenant.toUpperCase().replace(/[^A-Z\d]/g, "_");
	if (!SECRETS_PREFIX.test(name)) return undefined;
	const prefix = `${name}_`;
	const hasSecrets = SECRET_NAMES.some((secret) => env[prefix + secret] !== undefined);
	return hasSecrets ? { id: `tenant ${tenant}`, bindings: env, prefix, problems: [] } : NO_TENANT;
}

/** Anyone can call any sub-domain. Sub-domains without secrets share one host, which answers 503. */
const NO_TENANT: HostSource = {
	id: "no tenant",
	bindings: {},
	prefix: "",
	problems: [{ binding: "TENANTS_BASE_DOMAIN", problem: "has no secrets for a tenant that was called" }],
};
