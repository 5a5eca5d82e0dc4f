/**
 * The hosts that URLs inside tokens may name: `files.example.com, *.example.org, storage.local:8443`.
 *
 * A port other than the scheme's own, and any address, has to be listed itself: no wildcard covers it.
 */
export interface UrlHosts {
	/** `host`, or `host:port` if the port is not the scheme's own. */
	readonly exact: ReadonlySet<string>;
	/** The end of a wildcard: `.example.org`. */
	readonly suffixes: readonly string[];
}

const ENTRY = /^(?:\*(?:\.[a-z\d_-]+)+|(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?)$/;

/** @returns `undefined` for an empty list, which allows every host */
export function readUrlHosts(list: readonly string[]): UrlHosts | undefined | "malformed" {
	const entries = list.map((entry) => entry.toLowerCase());
	if (entries.length === 0) return undefined;
	if (!entries.every((entry) => ENTRY.test(entry))) return "malformed";
	return {
		exact: new Set(entries.filter((entry) => !entry.startsWith("*"))),
		suffixes: entries.filter((entry) => entry.startsWith("*")).map((entry) => entry.slice(1)),
	};
}
