/**
 * Redirects of a real nginx with the locations of the Document Server's package: the client gets them under the site
 * that it called. Protects the origin's address: a path without its last slash would show it, and lead the client round
 * the edge.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { hasNginx, type Nginx, startNginx } from "./support/nginx.ts";
import { type RawResponse, sendRaw } from "./support/raw-http.ts";

const folder = mkdtempSync(join(tmpdir(), "edge-location-"));
const PAGE = "a page of a plugin";
const SITE = "docs.test:8443";

/** Source: the package's ds-docservice.conf and http-common.conf. `/ds/` serves the same below a path. */
const locations = (docService: string) => `
	rewrite ^/$ $the_scheme://$the_host$the_prefix/welcome/ redirect;
	location ~ ^(\\/[\\d]+\\.[\\d]+\\.[\\d]+[\\.|-][\\w]+)?\\/(web-apps|sdkjs|sdkjs-plugins|fonts|dictionaries)(\\/.*)$ {
		expires 365d;
		alias ${folder}/$2$3;
	}
	location /ds/ { alias ${folder}/; }
	location / { proxy_pass ${docService}; }
	location ~ ^/([\\d]+\\.[\\d]+\\.[\\d]+[\\.|-][\\w]+)/(?<path>.*)$ { proxy_pass ${docService}/$path$is_args$args; }`;
const COMMON = `
	map $http_x_forwarded_host $the_host { default $http_x_forwarded_host; "" $http_host; }
	map $http_x_forwarded_proto $the_scheme { default $http_x_forwarded_proto; "" $scheme; }
	map $http_x_forwarded_prefix $the_prefix { default $http_x_forwarded_prefix; }
	proxy_set_header Host $http_host;`;

describe.runIf(hasNginx)("redirects of a real nginx", () => {
	let nginx: Nginx;
	let docService: Server;
	beforeAll(async () => {
		mkdirSync(join(folder, "sdkjs-plugins/p1/с п"), { recursive: true });
		for (const path of ["p1", "p1/с п"])
			writeFileSync(join(folder, "sdkjs-plugins", path, "index.html"), PAGE);
		// DocService redirects to the request's own host and path with a slash. For `/relative` it leaves out the host.
		docService = createServer(({ url = "", headers }, response) => {
			if (url.endsWith("/")) return response.end(PAGE);
			const host = url.startsWith("/relative") ? "" : `http://${headers.host}`;
			response
				.writeHead(302, { Location: `${host}${url}/`, "Content-Encoding": "gzip" })
				.end(gzipSync("moved"));
		});
		await new Promise<void>((resolve) => docService.listen(0, "127.0.0.1", resolve));
		const { port } = docService.address() as AddressInfo;
		nginx = await startNginx(locations(`http://127.0.0.1:${port}`), COMMON);
	});
	afterAll(async () => {
		await nginx.stop();
		docService.close();
		docService.closeAllConnections();
		rmSync(folder, { recursive: true });
	});

	/** Plays a container's port mapping: the origin's port is not nginx's own. */
	async function startRelay(): Promise<{ origin: string; stop: () => void }> {
		const relay = createTcpServer((socket) => {
			const onward = connect(Number(nginx.url.port), "127.0.0.1");
			socket.pipe(onward).pipe(socket);
			for (const one of [socket, onward])
				one.on("error", () => [socket, onward].map((both) => both.destroy()));
		});
		await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
		return { origin: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, stop: () => relay.close() };
	}

	// Each test first checks nginx's own redirect: a row that does not name the origin would prove nothing.
	// biome-ignore format: a table
	const rows: [name: string, asked: string, location: string, ofNginx: string][] = [
		["a directory", "/sdkjs-plugins/p1", "/sdkjs-plugins/p1/", "/sdkjs-plugins/p1/"],
		["a directory, with a query", "/sdkjs-plugins/p1?a=%20&b", "/sdkjs-plugins/p1/?a=%20&b", "/sdkjs-plugins/p1/?a=%20&b"],
		["a directory below a version", "/9.1.0-2/sdkjs-plugins/p1", "/9.1.0-2/sdkjs-plugins/p1/", "/9.1.0-2/sdkjs-plugins/p1/"],
		["a directory in another spelling", "/sdkjs-plugins//p1/./%D1%81%20%D0%BF", "/sdkjs-plugins/p1/%D1%81%20%D0%BF/", "/sdkjs-plugins/p1/%D1%81%20%D0%BF/"],
		["DocService's own", "/moved", "/moved/", "/moved/"],
		["DocService's own, below a version", "/9.1.0-2/moved?a", "/9.1.0-2/moved?a/", "/moved?a/"],
	];
	const settings: [name: string, prefix: string, isRelayed: boolean][] = [
		["at nginx's own port", "", false],
		["at another port than nginx's", "", true],
		["under a virtual path", "/ds-vpath", false],
	];
	describe.each(settings)("an origin %s", (_, prefix, isRelayed) => {
		let relay: Awaited<ReturnType<typeof startRelay>>;
		let edge: Edge;
		let origin: URL;
		beforeAll(async () => {
			relay = await startRelay();
			origin = new URL(isRelayed ? relay.origin : nginx.url.origin);
			edge = await start({ ORIGIN: origin.origin, FORWARDED_PREFIX: prefix });
		});
		afterAll(async () => {
			await edge.stop();
			relay.stop();
		});
		it.each(rows)("%s", async (_name, asked, location, ofNginx) => {
			const direct = await sendRaw(nginx.url, { method: "GET", target: asked, hostHeader: origin.host });
			const writer = asked.includes("moved") ? origin : nginx.url;
			expect(direct.headers.location).toBe(writer.origin + ofNginx);
			const answer = await get(edge, prefix + asked);
			expect([answer.status, answer.headers.location]).toEqual([
				direct.status,
				`http://${SITE}${prefix}${location}`,
			]);
			expect(JSON.stringify(answer.headers)).not.toContain("127.0.0.1");
			expect(answer.body).toEqual(direct.body);
			if (!asked.includes("?")) expect((await get(edge, prefix + location)).body.toString()).toBe(PAGE);
		});
	});

	it("the path of ORIGIN is not shown", async () => {
		const edge = await start({ ORIGIN: `${nginx.url.origin}/ds` });
		expect((await get(edge, "/sdkjs-plugins/p1")).headers.location).toBe(`http://${SITE}/sdkjs-plugins/p1/`);
		expect((await get(edge, "/sdkjs-plugins/p1/")).body.toString()).toBe(PAGE);
		await edge.stop();
	});
	it("public and relative redirects stay unchanged, and a coded body stays coded", async () => {
		const edge = await start({ ORIGIN: nginx.url.origin, FORWARDED_PREFIX: "/ds-vpath" });
		expect((await get(edge, "/ds-vpath/")).headers.location).toBe(`http://${SITE}/ds-vpath/welcome/`);
		expect((await get(edge, "/ds-vpath/relative")).headers.location).toBe("/relative/");
		const { headers, body } = await get(edge, "/ds-vpath/moved");
		expect([headers["content-encoding"], gunzipSync(body).toString()]).toEqual(["gzip", "moved"]);
		await edge.stop();
	});
});

const get = (edge: Edge, target: string): Promise<RawResponse> =>
	sendRaw(edge.url, { method: "GET", target, hostHeader: SITE });

const start = async (bindings: Record<string, string>): Promise<Edge> =>
	startEdge({
		bundle: await readBundle(),
		bindings: { JWT_SECRET: "a token secret", SECURE_LINK_SECRET: "a link secret", ...bindings },
		onLog: () => undefined,
	});
