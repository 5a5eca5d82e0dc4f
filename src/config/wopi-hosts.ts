/**
 * The WOPI hosts that a Document Server may be sent to: `cloud.example.com, files.example.org:8443`.
 *
 * Exact names, no wildcards. Without a port a name means its scheme's own port. An address has to be listed as
 * it is written.
 */
import type { VariableName } from "./bindings.ts";
import type { createVariableReader, Report } from "./variable-reader.ts";

export interface Wopi {
	/** `host`, or `host:port`, in lower case. Empty: every route that takes a source is closed. */
	readonly hosts: ReadonlySet<string>;
	/** Whether a conversion token opens the conversion that the server gives to anybody. */
	readonly convertsWithToken: boolean;
}

const LABEL = "[a-z\\d](?:[a-z\\d-]*[a-z\\d])?";
/** Letters, digits and hyphens: no reader takes such a name for another one. */
export const HOST_NAME = `${LABEL}(?:\\.${LABEL})*`;
const ENTRY = new RegExp(`^${HOST_NAME}(?::[1-9]\\d{0,4})?$`);

export function readWopi(
	{ list, text }: Pick<ReturnType<typeof createVariableReader>, "list" | "text">,
	report: Report<VariableName>,
): Wopi {
	const entries = list("WOPI_HOSTS").map((entry) => entry.toLowerCase());
	if (!entries.every(isHost)) report("WOPI_HOSTS", "is not a list of hosts like cloud.example.com:8443");
	const convert = text("WOPI_CONVERT", "closed");
	if (convert !== "closed" && convert !== "token") report("WOPI_CONVERT", 'is neither "closed" nor "token"');
	return { hosts: new Set(entries.filter(isHost)), convertsWithToken: convert === "token" };
}

/** A name that the URL parser would write otherwise (`127.1`) would never be met. */
function isHost(entry: string): boolean {
	const [name = ""] = entry.split(":");
	return ENTRY.test(entry) && URL.parse(`http://${entry}/`)?.hostname === name;
}
