/**
 * The doctor's WOPI probes. The edge has to refuse a page for a host that is not listed. It has to forward a page for
 * the operator's own source.
 */
import type { Finding } from "../import/document-server-files.ts";
import { bad, good, probe } from "./probe.ts";

/** RFC 6761 §6.4: `.invalid` never resolves. If the edge forwards the page, the server still calls no host. */
const UNLISTED = "https://docs-edge-doctor.invalid/wopi/files/none";

export async function* checkWopi(edge: string, source: string | undefined): AsyncGenerator<Finding> {
	const unlisted = await askPage(edge, UNLISTED);
	if (unlisted?.reason?.startsWith("wopi_"))
		yield good(`WOPI pages for a host that is not listed are refused (${unlisted.reason})`);
	else
		yield bad(
			"a WOPI page for a host that is not listed is not refused: the server calls any host that a stranger names",
			"check MODE (the edge may be in shadow mode), and that the hostname's route leads to this Worker",
		);
	if (source === undefined) return;
	const listed = await askPage(edge, source);
	if (listed?.reason === "wopi_closed")
		return yield bad("WOPI is closed at the edge", "set WOPI_HOSTS to the hosts of your WOPI sources");
	if (listed?.reason === "wopi_source")
		return yield bad(
			"the WOPI source is refused: its host is not in WOPI_HOSTS, or the source is not written plainly",
			"add its host to WOPI_HOSTS, with any port but 80 and 443; write the source without a query and without `..`",
		);
	if (listed === undefined || listed.reason)
		return yield bad(
			`a WOPI page is not answered (${listed?.reason ?? "no response"})`,
			"check that the origin is up, and that ORIGIN is its URL",
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
