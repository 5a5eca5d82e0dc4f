/**
 * The doctor's WOPI probes. The edge has to refuse a page for a host that is not listed. It has to forward a page for
 * the operator's own source.
 */
import type { Finding } from "../import/document-server-files.ts";
import { bad, good } from "./probe.ts";
import type { Site } from "./site.ts";

/** RFC 6761 §6.4: `.invalid` never resolves. If the edge forwards the page, the server still calls no host. */
const UNLISTED = "https://docs-edge-doctor.invalid/wopi/files/none";

export async function* checkWopi(site: Site): AsyncGenerator<Finding> {
	const { reason } = await askPage(site, UNLISTED);
	if (reason !== null) yield good(`WOPI pages for a host that is not listed are refused (${reason})`);
	else
		yield bad(
			"a WOPI page for a host that is not listed is not refused: the server calls any host that a stranger names",
			"take wopi-page out of SHADOW_ROUTES, and check that the hostname's route leads to this Worker",
		);
}

export async function* checkWopiSource(site: Site): AsyncGenerator<Finding> {
	const { reason, status } = await askPage(site, site.options.wopiSource ?? "");
	if (reason === "wopi_closed")
		return yield bad("WOPI is closed at the edge", "set WOPI_HOSTS to the hosts of your WOPI sources");
	if (reason === "wopi_source")
		return yield bad(
			"the WOPI source is refused: its host is not in WOPI_HOSTS, or the source is not written plainly",
			"add its host to WOPI_HOSTS, with any port but 80 and 443; write the source without a query and without `..`",
		);
	if (reason !== null)
		return yield bad(`a WOPI page is not answered (${reason})`, `docs-edge describe ${reason}`);
	if (status === 404)
		return yield bad("the server does not know WOPI", "set wopi.enable to true in its local.json");
	yield good("a WOPI page for your source reaches the server");
}

const askPage = ({ ask }: Site, source: string) =>
	ask(`/hosting/wopi/word/view?WOPISrc=${encodeURIComponent(source)}`, {
		method: "POST",
		headers: { "Content-Type": "application/x-www-form-urlencoded" },
		body: "access_token=docs-edge-doctor",
	});
