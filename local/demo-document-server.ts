/**
 * A demo Document Server: the public routes of the real one, without an editor and without any check.
 *
 * Without ORIGIN the demo server runs as a second Worker behind the edge, so `npm start` needs no real server. Its
 * responses have the form of the real server's.
 */
// @ts-expect-error: a data module of the Worker, which TypeScript does not know
import docx from "demo.docx";

/** A part of the platform's WebSockets: the project's types for Node do not have it. */
interface HalfSocket {
	readonly accept: () => void;
	readonly send: (packet: string) => void;
	readonly addEventListener: (type: "message", listen: (event: { readonly data: unknown }) => void) => void;
}
declare const WebSocketPair: new () => { readonly 0: HalfSocket; readonly 1: HalfSocket };

const DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const WELCOME = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Demo Document Server</title></head>
<body><h1>Demo Document Server</h1><p>Behind the edge, and working.</p></body></html>
`;

const DOCX_ETAG = '"demo"';

type Handler = (request: Request, url: URL) => Response | Promise<Response>;

const json = (body: unknown, contentType = "application/json; charset=UTF-8") =>
	new Response(JSON.stringify(body), { headers: { "Content-Type": contentType } });

const routes: readonly [method: string, path: RegExp, handler: Handler][] = [
	["GET", /^\/$/, () => new Response(null, { status: 302, headers: { Location: "/welcome/" } })],
	[
		"GET",
		/^\/welcome\/$/,
		() => new Response(WELCOME, { headers: { "Content-Type": "text/html; charset=utf-8" } }),
	],
	["GET", /^\/healthcheck$/, () => new Response("true")],
	["GET", /^\/baseurl$/, ({ headers }) => new Response(publicUrl(headers))],
	["GET", /^\/cache\/files\/.*\//, serveFile],
	["GET", /^\/doc\//, openSocket],
	["POST", /^\/doc\//, () => new Response("ok")],
	["POST", /^\/(command|coauthoring\/CommandService\.ashx)$/i, command],
	["POST", /^\/(converter|ConvertService\.ashx)$/i, () => json({ percent: 0, endConvert: false })],
	["POST", /^\/docbuilder$/i, () => json({ key: "demo", end: false })],
];

const publicUrl = (headers: Headers): string =>
	`${headers.get("X-Forwarded-Proto")}://${headers.get("X-Forwarded-Host")}`;

/** engine.io's first packet. */
const OPEN = `0${JSON.stringify({ sid: "demo", upgrades: ["websocket"], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1e8 })}`;
/** socket.io's answer to a CONNECT. */
const CONNECTED = '40{"sid":"demo"}';

/** The editor's socket, which admits everybody and says nothing more. */
function openSocket({ headers }: Request, { searchParams }: URL): Response {
	if (headers.get("Upgrade") !== "websocket")
		return new Response(searchParams.has("sid") ? CONNECTED : OPEN, {
			headers: { "Content-Type": "text/plain; charset=UTF-8" },
		});
	const { 0: client, 1: server } = new WebSocketPair();
	server.accept();
	server.send(OPEN);
	server.addEventListener("message", ({ data }) => {
		if (String(data).startsWith("40")) server.send(CONNECTED);
	});
	return new Response(null, { status: 101, webSocket: client } as ResponseInit);
}

/** The folder that `docs-edge doctor` asks for, to see whether a good link gets as far as the server. */
const NO_FILE = "/no-such-file/";

/** Responds as nginx: with the name as it was sent, a validator, and 304 for a client that has the file. */
function serveFile(request: Request, url: URL): Response {
	if (url.pathname.includes(NO_FILE)) return new Response("Not Found", { status: 404 });
	const filename = /[?&]filename=([^&]*)/.exec(url.search)?.[1] ?? "";
	const headers = { "Content-Disposition": `attachment; filename*=UTF-8''${filename}`, ETag: DOCX_ETAG };
	if (request.headers.get("If-None-Match") === DOCX_ETAG) return new Response(null, { status: 304, headers });
	const length = String((docx as ArrayBuffer).byteLength);
	return new Response(docx as ArrayBuffer, {
		headers: { ...headers, "Content-Type": DOCX_TYPE, "Content-Length": length },
	});
}

async function command(request: Request): Promise<Response> {
	const call = (await request.json().catch(() => ({}))) as { c?: unknown };
	const known = call.c === undefined || call.c === "version";
	return json(known ? { error: 0, version: "9.0.0" } : { error: 5 }, "application/json");
}

export default {
	fetch(request: Request): Response | Promise<Response> {
		const url = new URL(request.url);
		const method = request.method === "HEAD" ? "GET" : request.method;
		const route = routes.find(([wanted, path]) => wanted === method && path.test(url.pathname));
		return route ? route[2](request, url) : new Response("Not Found", { status: 404 });
	},
};
