/**
 * The package as a library: the whole edge as a Hono app, and two Hono middlewares for those who want one check only.
 *
 * `docs/library.md` has examples.
 */
// biome-ignore-start lint/performance/noBarrelFile: the one entry of the package
export { createEdge } from "./app.ts";
export { type DocumentServerTokenOptions, documentServerToken } from "./library/document-server-token.ts";
export type { SecretOption } from "./library/secret-option.ts";
export { type SecureLinkOptions, secureLink } from "./library/secure-link.ts";
export { VERSION } from "./version.ts";
// biome-ignore-end lint/performance/noBarrelFile: the one entry of the package
