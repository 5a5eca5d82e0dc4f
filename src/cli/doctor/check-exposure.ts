/**
 * The doctor's look from outside: the public URL that the server knows, the paths that stay closed, and the way round the
 * edge.
 */
import type { Finding } from "../import/document-server-files.ts";
import { MEND_UNANSWERED, UnansweredError, urlBelow } from "../unanswered.ts";
import { bad, good, note, type ProbeResponse, probe } from "./probe.ts";
import type { Site } from "./site.ts";

export async function* checkPublicUrl({ ask, options }: Site): AsyncGenerator<Finding> {
	const response = await ask("/baseurl");
	if (response.status !== 200)
		return yield note("the origin does not answer /baseurl: the doctor did not check X-Forwarded-*");
	const expected = urlBelow(options.edge, "");
	const told = response.body.trim().replace(/\/$/, "");
	if (told === expected) return yield good("the origin knows its public URL");
	yield bad(
		`the origin takes ${told.slice(0, 100)} for its public URL, and it is ${expected}`,
		"let every proxy before the server pass X-Forwarded-Host, X-Forwarded-Proto and X-Forwarded-Prefix; set FORWARDED_PREFIX for a virtual path",
	);
}

export async function* checkClosed({ ask }: Site): AsyncGenerator<Finding> {
	const paths = ["/internal/connections/edit", "/info/info.json", "/9.0.0-1/%69nfo/info.json"];
	const responses = await Promise.all(paths.map((path) => ask(path)));
	if (responses.every((response) => response.status === 403)) yield good("/internal and /info are closed");
	else yield bad("/internal or /info answers", "check that the hostname's route leads to this Worker");
}

export async function* checkBypass({ options }: Site): AsyncGenerator<Finding> {
	const { origin = "" } = options;
	const response = await probe(origin, "/healthcheck").catch(unansweredOnly);
	if (response instanceof UnansweredError) return yield judgeSilence(response);
	if (response.status === 403) return yield good("the origin does not answer strangers (403)");
	yield bad(
		"the origin answers anyone directly: strangers go round the edge",
		"admit the edge only: by a firewall for Cloudflare's addresses, or by a Cloudflare Tunnel",
	);
}

function unansweredOnly(error: unknown): ProbeResponse | UnansweredError {
	if (error instanceof UnansweredError) return error;
	throw error;
}

/** Only silence is the work of a firewall. A name that does not resolve is a mistyped one. */
function judgeSilence({ kind, message }: UnansweredError): Finding {
	switch (kind) {
		case "timeout":
			return good(`the origin does not answer strangers (${message})`);
		case "dns":
		case "refused":
			return bad(
				`--origin cannot be tested: ${message}`,
				`${MEND_UNANSWERED[kind]}. If that port is closed on purpose, leave --origin out`,
			);
		case "tls":
		case "broken":
			return note(
				`whether strangers reach the origin is not known: ${message}`,
				"a client that ignores the certificate may get through: test it with curl -k",
			);
	}
}
