/**
 * Reads the environment of the Document Server's Docker image: a file of `NAME=value` lines, or the JSON of
 * `docker inspect`. Source: the image's documentation, "Available configuration parameters".
 */
import { parseEnv } from "node:util";
import { parseJson } from "../../encoding/json.ts";
import type { ServerSettings } from "./document-server-files.ts";

/** Parameters of the image that are bindings of the edge, by the same name. */
const SECRETS = ["JWT_SECRET", "SECURE_LINK_SECRET"];
const VARIABLES = ["JWT_ENABLED", "JWT_HEADER"];

/** @throws for a text that is neither */
export function parseDockerEnvironment(text: string): Pick<ServerSettings, "secrets" | "variables"> {
	const environment = /^\s*[[{]/.test(text) ? fromInspect(text) : parseEnv(text);
	const pick = (names: readonly string[]) =>
		Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
	const settings = { secrets: pick(SECRETS), variables: pick(VARIABLES) };
	const count = Object.keys(settings.secrets).length + Object.keys(settings.variables).length;
	if (count === 0) throw new Error(`that environment has none of ${[...SECRETS, ...VARIABLES].join(", ")}`);
	return settings;
}

function fromInspect(text: string): NodeJS.Dict<string> {
	const inspected = parseJson(text);
	const [container] = Array.isArray(inspected) ? inspected : [inspected];
	const lines: unknown = Object(Object(container).Config).Env;
	if (!Array.isArray(lines))
		throw new Error("that JSON is no output of docker inspect: it has no Config.Env");
	return Object.fromEntries(
		lines.map(String).map((line) => {
			const equals = line.indexOf("=");
			return [line.slice(0, equals), line.slice(equals + 1)];
		}),
	);
}
