/**
 * The WOPI hosts that the Document Server may call: `cloud.example.com, files.example.org:8443`.
 *
 * Names are exact, without wildcards. A name without a port means the scheme's own port. An address has to be listed
 * as it is written in the source.
 */
import type { VariableName } from "./bindings.ts";
import type { Report, VariableReader } from "./variable-reader.ts";

export interface Wopi {
	/** `host` or `host:port`, in lower case. If empty, every route that takes a source is closed. */
	readonly hosts: ReadonlySet<string>;
	/** Whether a conversion token opens `/cool/convert-to`. */
	readonly convertsWithToken: boolean;
}

const LABEL = "[a-z\\d](?:[a-z\\d-]*[a-z\\d])?";
/** Letters, digits and hyphens: every reader takes such a name for the same host. */
export const HOST_NAME = `${LABEL}(?:\\.${LABEL})*`;
const ENTRY = new RegExp(`^${HOST_NAME}(?::[1-9]\\d{0,4})?$`);

export function readWopi(
	{ list, choice }: Pick<VariableReader, "list" | "choice">,
	report: Report<VariableName>,
): Wopi {
	const entries = list("WOPI_HOSTS").map((entry) => entry.toLowerCase());
	if (!entries.every(isHost)) report("WOPI_HOSTS", "is not a list of hosts like cloud.example.com:8443");
	const convertsWithToken = choice("WOPI_CONVERT", "closed", "token") === "token";
	return { hosts: new Set(entries.filter(isHost)), convertsWithToken };
}

/** A name that the URL parser rewrites (`127.1`) would never match. */
function isHost(entry: string): boolean {
	const [name = ""] = entry.split(":");
	return ENTRY.test(entry) && URL.parse(`http://${entry}/`)?.hostname === name;
}
