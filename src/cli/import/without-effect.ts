/**
 * Settings under `services.CoAuthoring.token` that people set and that do nothing: at the server, or at the edge.
 */
import type { Finding } from "./document-server-files.ts";

const AT_SERVER = "the server ignores it since 7.1: it reads the body first, always";
const AT_EDGE = "it has no effect at the edge";

/** Path below `token`, the value that needs no note, and the note. */
const SETTINGS: readonly (readonly [path: string, usual: unknown, says: string])[] = [
	["inbox.inBody", false, AT_SERVER],
	["outbox.inBody", false, AT_SERVER],
	["outbox.header", "Authorization", `${AT_EDGE}, but in front of an integration: set JWT_HEADER there`],
	["outbox.prefix", "Bearer ", `${AT_EDGE}, but in front of an integration: set JWT_PREFIX there`],
	["outbox.algorithm", "HS256", AT_EDGE],
	["outbox.expires", "5m", AT_EDGE],
	["outbox.urlExclusionRegex", "", AT_EDGE],
	["session.algorithm", "HS256", AT_EDGE],
	["session.expires", "30d", AT_EDGE],
];

export function findWithoutEffect(token: unknown): Finding[] {
	return SETTINGS.flatMap(([path, usual, says]) => {
		const value = path.split(".").reduce<unknown>((at, name) => Object(at)[name], token);
		if (value === undefined || value === usual || String(value) === String(usual)) return [];
		return [{ mark: "note", text: `token.${path}: ${says}` } as const];
	});
}
