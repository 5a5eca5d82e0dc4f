/**
 * The host that the targets are called with: two keys for each kind of credential, and an origin that holds other ones.
 */
import type { Host } from "../../src/config/host.ts";
import { readHost } from "../../src/config/read-host.ts";
import { createKey, type Key } from "../../src/config/secrets/key-ring.ts";

/** 2026-11-21T00:00:00Z: the time of every call, so that an input means the same in each run. */
export const NOW_SECONDS = 1_795_219_200;

const SECRETS = {
	JWT_SECRET: '{"first":"fuzz-token-secret-1","second":"fuzz-token-secret-2"}',
	SECURE_LINK_SECRET: '{"first":"fuzz-link-secret-1","second":"fuzz-link-secret-2"}',
	SECURE_LINK_SHA256: "fuzz-sha256-secret",
};
const ORIGIN_SECRETS = {
	ORIGIN_JWT_SECRET: "fuzz-origin-token-secret",
	ORIGIN_SECURE_LINK_SECRET: "fuzz-origin-link-secret",
};

export const hostOf = (bindings: Readonly<Record<string, string>>): Host =>
	readHost({ ORIGIN: "http://origin.test", ...bindings }, NOW_SECONDS);

/** Its origin takes every credential as it came. */
export const HOST = hostOf(SECRETS);
/** Its origin holds other keys, so every accepted credential is re-signed. */
export const RE_SIGNING_HOST = hostOf({ ...SECRETS, ...ORIGIN_SECRETS });
/** The origin behind it: what is forwarded has to be good here. */
export const ORIGIN_HOST = hostOf({
	JWT_SECRET: ORIGIN_SECRETS.ORIGIN_JWT_SECRET,
	SECURE_LINK_SECRET: ORIGIN_SECRETS.ORIGIN_SECURE_LINK_SECRET,
});

export const TOKEN_KEY: Key = createKey("first", "fuzz-token-secret-1");
export const LINK_KEY: Key = createKey("second", "fuzz-link-secret-2");
export const SHA256_KEY: Key = createKey("sha256", "fuzz-sha256-secret");
/** All secrets that may sign at {@link HOST}. */
export const TOKEN_SECRETS = ["fuzz-token-secret-1", "fuzz-token-secret-2"];
export const LINK_SECRETS = ["fuzz-link-secret-1", "fuzz-link-secret-2"];
