/**
 * The doctor's questions about WOPI: a page for a host that nobody lists has to be refused, and one for the
 * operator's own source has to be let through.
 */
import type { Finding } from "../import/document-server-files.ts";
import { bad, good, probe } from "./probe.ts";

/** RFC 6761 §6.4: a name that never resolves, so that even a server that is asked for it calls nobody. */
const UNLISTED = "https://docs-edge-doctor.invalid/wopi/files/none";

export async function* checkWopi(edge: string, source: string | undefined): AsyncGenerator<Finding> {
	const unlisted = await askPage(edge, UNLISTED);
	if (unlisted?.reason?.startsWith("wopi_"))
		yield good(`WOPI pages for a host that is not listed are refused (${unlisted.reason})`);
	else
		yield bad(
			"a WOPI page for a host that is not listed is not refused: the server calls whom a stranger names",
			"look at MODE: the edge is in shadow mode; or the hostname's route does not lead to this Worker",
		);
	if (source === undefined) return;
	const listed = await askPage(edge, source);
	if (listed?.reason === "wopi_closed")
		return yield bad("WOPI is closed at the edge", "set WOPI_HOSTS to the hosts of your WOPI sources");
	if (listed?.reason === "wopi_source")
		return yield bad(
			"the WOPI source is refused: its host is not in WOPI_HOSTS, or the source is not written plainly",
			"name its host, and its port if it is not the scheme's own, in WOPI_HOSTS; a source has no query and no `..`",
		);
	if (listed === undefined || listed.reason)
		return yield bad(
			`a WOPI page is not answered (${listed?.reason ?? "no answer"})`,
			"look at the origin: is it up, is ORIGIN right?",
		);
	if (listed.status === 404)
		return yield bad("the server does not know WOPI", "set wopi.enable to true in its local.json");
	yield good("a WOPI page for your source reaches the server");
}

const askPage = (edge: string, source: string) =>
	probe(edge, `/hosting/wopi/word/view?WOPISrc=${encodeURIComponent(source)}`, {
		method: "POST",
		headers: { "Content-Type": "application/x-www-form-urlencoded" },
		body: "access_token=docs-edge-doctor",
	});
