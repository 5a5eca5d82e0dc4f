/**
 * The example requests of `npm start` and of the inspector.
 */
import { signToken } from "../src/cli/sign.ts";
import type { Host } from "../src/config/host.ts";
import type { Key } from "../src/config/secrets/key-ring.ts";

export const EXAMPLE_FILE = "/cache/files/data/demo/output.docx/output.docx";
/** The examples of more hosts than this would hide everything else. */
export const EXAMPLE_HOSTS = 3;

/**
 * @param site scheme, host and virtual path
 * @param options of curl, with a space before each
 * @returns a curl line that asks the server for its version
 */
export async function commandLine(
	site: string,
	{ name, prefix }: Host["tokenHeader"],
	key: Key,
	expiresSeconds: number,
	options = "",
): Promise<string> {
	const token = await signToken({ c: "version" }, key, { algorithm: "HS256", wrapped: true, expiresSeconds });
	return `curl${options} -X POST '${site}/command' -H 'Content-Type: application/json' -H '${name}: ${prefix}${token}' -d '{"c":"version"}'`;
}
