/**
 * Generates requests to the handlers of a Document Server: a handler, a spelling of its path, a credential, and the means
 * by which clients try to be read differently by two servers.
 */
import fc from "fast-check";
import { HANDLERS, type Handler } from "../document-server/handlers.ts";
import { type Credential, credentialFor } from "./credentials.ts";
import { weighted } from "./edits.ts";
import { FRAMINGS } from "./framings.ts";
import { respellings } from "./spellings.ts";

export interface Attack {
	/** All bytes of the connection, one character each. `{case}` stands for the id of the request, of the same length. */
	readonly bytes: string;
	/** Whether the credential is good, if it is read where it was put. */
	readonly isGood: boolean;
}

/** nginx serves these, in locations of its own. */
const BY_NGINX: readonly Pick<Handler, "path" | "method" | "requires">[] = [
	{ path: "/cache/files/data/:docid/Editor.bin/a.docx", method: "GET", requires: "link" },
	{ path: "/cache/files/data/:docid/media/image1.png/image1.png", method: "GET", requires: "link" },
	{ path: "/internal/x", method: "GET", requires: "never" },
	{ path: "/meta/formats", method: "GET", requires: "never" },
	{ path: "/example/", method: "GET", requires: "never" },
	{ path: "/welcome/", method: "GET", requires: "never" },
	{ path: "/admin/", method: "GET", requires: "never" },
];
type Target = (typeof HANDLERS)[number] | (typeof BY_NGINX)[number];
const targets = (isMeant: (requires: Handler["requires"]) => boolean): fc.Arbitrary<Target> =>
	fc.constantFrom(...[...HANDLERS, ...BY_NGINX].filter(({ requires }) => isMeant(requires)));
const TARGETS = fc.oneof(
	{ weight: 3, arbitrary: targets((requires) => requires === "link" || typeof requires === "object") },
	{ weight: 1, arbitrary: targets((requires) => requires === "never") },
);

const METHODS = weighted<string | undefined>(
	[40, undefined],
	...["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "Post", "PROPFIND"].map(
		(method) => [1, method] as const,
	),
);
const SITES = weighted(
	[30, ""],
	...[
		"http://edge.test",
		"http://other.test",
		"https://edge.test:444",
		"http://x@edge.test",
		"http:/",
		"//edge.test",
	].map((site) => [1, site] as const),
);
type Header = readonly [name: string, value: string];
const HEADER = fc.constantFrom<Header[]>(
	...(["GET", "POST", "PUT", "OPTIONS"] as const).map(
		(method) => ["X-HTTP-Method-Override", method] as const,
	),
	["X-Method-Override", "POST"],
	["X_HTTP_Method_Override", "POST"],
	["X-Original-URL", "/command"],
	["X-Rewrite-URL", "/info/info.json"],
	["X-Forwarded-Prefix", "/7.2.0-204"],
	["X-Forwarded-Host", "127.0.0.1"],
	["X-Forwarded-For", "127.0.0.1"],
	["X_Real_IP", "127.0.0.1"],
	["X-Nginx-Link", "1"],
	["Forwarded", "for=127.0.0.1;host=localhost"],
	["Host", "localhost"],
	["Host", "127.0.0.1:8000"],
	["Host", "edge.test/command?"],
	["Upgrade", "websocket"],
	["Upgrade", "h2c"],
	["Connection", "close, authorization, content-length"],
	["Content-Encoding", "gzip"],
	["Content-Encoding", "identity"],
	["Content_Length", "0"],
	["Transfer_Encoding", "chunked"],
	["Authorization", "Bearer x"],
	["Authorization_", "Bearer x"],
	["Cookie", "token=x"],
	["Range", "bytes=0-0"],
	["Expect", "100-continue"],
	["TE", "trailers"],
	["Trailer", "Authorization"],
	["Content-Type", "application/x-www-form-urlencoded"],
	["Accept", "*/*"],
);

const HEADERS: fc.Arbitrary<readonly Header[]> = fc.oneof(
	{ weight: 3, arbitrary: fc.constant([]) },
	{ weight: 1, arbitrary: fc.array(HEADER, { maxLength: 2 }) },
);

const PROTOCOLS = weighted([40, "HTTP/1.1"], [1, "HTTP/1.0"], [1, "HTTP/1.9"], [1, "http/1.1"]);
const EXTRA_QUERY = fc.oneof(
	{ weight: 12, arbitrary: fc.constant([]) },
	{
		weight: 1,
		arbitrary: fc
			.constantFrom(
				"token=",
				"token[]=x",
				"x=/../y",
				"md5=x",
				"expires=4102444800",
				"a?b",
				"_method=POST",
				"cmd={}",
				"%23",
			)
			.map((part) => [part]),
	},
);

const ONE: fc.Arbitrary<{ handler: Target; path: string; credential: Credential }> = TARGETS.chain(
	(handler) => {
		const path = exampleOf(handler.path, "isMount" in handler && handler.isMount === true);
		return credentialFor(handler, path).map((credential) => ({ handler, path, credential }));
	},
);

function exampleOf(path: string, isMount: boolean): string {
	const file = path.includes("files") ? "/doc1/Editor.bin/a.docx" : "/info.json";
	return path.replace(":docid", "doc1").replace(/\*|\?/g, "").replace(/:\w+/g, "pdf") + (isMount ? file : "");
}

export const attacks: fc.Arbitrary<Attack> = fc
	.record({
		one: ONE,
		respell: respellings,
		method: METHODS,
		site: SITES,
		extra: EXTRA_QUERY,
		isExtraFirst: fc.boolean(),
		headers: HEADERS,
		framing: FRAMINGS,
		protocol: PROTOCOLS,
	})
	.map(({ one, respell, method, site, extra, isExtraFirst, headers, framing, protocol }) => {
		const { handler, path, credential } = one;
		const query = isExtraFirst ? [...extra, ...credential.query] : [...credential.query, ...extra];
		const target = site + respell(path) + (query.length > 0 ? `?${query.join("&")}` : "");
		const [announced, rest] = framing(credential.body);
		const lines = [
			`${method ?? handler.method ?? "GET"} ${target} ${protocol}`,
			...(headers.some(([name]) => name === "Host") ? [] : ["Host: edge.test"]),
			"X-Case: {case}",
			"Connection: close",
			...[...credential.headers, ...headers].map(([name, value]) => `${name}: ${value}`),
			...announced,
		];
		return { bytes: `${lines.join("\r\n")}\r\n\r\n${rest}`, isGood: credential.isGood };
	});
