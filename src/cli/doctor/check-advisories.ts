/**
 * The doctor's list of advisories: those that are open in the server's version, and what closes each.
 */
import type { Advisory } from "../../advisories/advisories.ts";
import { openIn } from "../../config/advisories.ts";
import type { Host } from "../../config/host.ts";
import type { Finding } from "../import/document-server-files.ts";
import { bad, good, note } from "./probe.ts";
import type { Site } from "./site.ts";

export function* checkAdvisories({ host, found }: Site): Generator<Finding> {
	const { serverVersion: version } = found;
	if (version === undefined) return;
	const configured = host.dsVersion;
	if (configured === "")
		yield note(
			`the Document Server is version ${version}, and DS_VERSION is not set: no rule of an advisory applies`,
			`set DS_VERSION = "${version}" in wrangler.toml`,
		);
	const open = openIn(version);
	const others = open.filter(({ closedBy }) => closedBy.by === "upgrade");
	const closed = open.filter((advisory) => isClosed(advisory, host));
	const closable = open.filter((advisory) => !others.includes(advisory) && !closed.includes(advisory));
	if (closed.length > 0) yield good(`the edge closes known holes of this version: ${namesOf(closed)}`);
	for (const advisory of closable)
		yield note(`the known hole ${advisory.id} is open at the edge`, mendOf(advisory, version));
	if (others.length > 0)
		yield note(`only an upgrade closes: ${namesOf(others)}`, "upgrade the Document Server");
	// The fault comes last: the doctor stops at it, and the advisories of the version are known all the same.
	if (configured !== "" && version !== configured && !version.startsWith(`${configured}.`))
		yield bad(
			`the Document Server is version ${version}, and DS_VERSION is ${configured}`,
			`set DS_VERSION = "${version}" in wrangler.toml`,
		);
}

const namesOf = (advisories: readonly Advisory[]): string => advisories.map(({ id }) => id).join(", ");

function isClosed(advisory: Advisory, host: Host): boolean {
	const { closedBy } = advisory;
	switch (closedBy.by) {
		case "edge":
			return true;
		case "rule":
			return host.advisories.includes(advisory);
		case "upgrade":
			return false;
		case "setting":
			switch (closedBy.binding) {
				case "EXPOSURE":
					return host.exposure.isPublic && host.exposure.openRoutes.size === 0;
				case "SOCKET_GUARD":
					return host.socketGuard && host.tokenEnabled.browser;
				case "BIND_DOCUMENT":
					return host.bindDocument;
				// Without a list WOPI is closed, and with one the server calls listed hosts only.
				case "WOPI_HOSTS":
				case "WOPI_CONVERT":
					return true;
			}
	}
}

const mendOf = ({ closedBy }: Advisory, version: string): string =>
	closedBy.by === "setting"
		? `set ${closedBy.binding} so that the edge closes it`
		: `set DS_VERSION = "${version}", and ADVISORIES = "on"`;

/** The version in the answer of the command service; `undefined` if there is none. */
export const versionIn = (body: string): string | undefined =>
	/"version":"(\d+(?:\.\d+){1,3})"/.exec(body)?.[1];
