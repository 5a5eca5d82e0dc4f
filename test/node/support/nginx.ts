/**
 * Starts a real nginx on a free port, with its own folder.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../local/edge.ts";

const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
const BINARY = FOLDERS.map((folder) => join(folder, "nginx")).find((path) => existsSync(path));

/** Without nginx its tests are skipped. CI sets REQUIRE_NGINX, so that they fail there instead. */
export const hasNginx = BINARY !== undefined || process.env.REQUIRE_NGINX === "true";

/**
 * The location of cached files. Source: the Document Server's ds-docservice.conf.
 *
 * @param serve the directives that serve a good link
 */
export const secureLinkServer = (secret: string, serve = "return 204;") => `
	set $secure_link_secret "${secret}";
	location ~* ^(\\/cache\\/files.*)(\\/.*) {
		secure_link $arg_md5,$arg_expires;
		secure_link_md5 "$secure_link_expires$uri$secure_link_secret";
		if ($secure_link = "") { return 403; }
		if ($secure_link = "0") { return 410; }
		${serve}
	}`;

export interface Nginx {
	readonly url: URL;
	readonly pid: number;
	readonly stop: () => Promise<void>;
}

/**
 * @param serverBlock the contents of `server { … }`, without `listen`
 * @param httpBlock directives of `http { … }` beside that server
 */
export async function startNginx(serverBlock: string, httpBlock = ""): Promise<Nginx> {
	if (BINARY === undefined) throw new Error("nginx is not installed: apt-get install nginx-light");
	const folder = await mkdtemp(join(tmpdir(), "edge-nginx-"));
	const port = await freePort();
	const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
		.map((name) => `${name}_temp_path ${folder}/${name};`)
		.join(" ");
	const config = `
		daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
		events { worker_connections 2048; }
		http { access_log off; server_tokens off; ${temp} ${httpBlock}
			server { listen 127.0.0.1:${port}; ${serverBlock} }
		}`;
	await writeFile(join(folder, "nginx.conf"), config);
	const nginx = spawn(BINARY, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", `${folder}/error.log`], {
		stdio: "inherit",
	});
	await waitForPort(port, nginx);
	return {
		url: new URL(`http://127.0.0.1:${port}`),
		pid: nginx.pid ?? 0,
		stop: async () => {
			const ended = new Promise((resolve) => nginx.once("exit", resolve));
			nginx.kill();
			await ended;
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Waits until a started process listens on the port. */
export async function waitForPort(port: number, process: ChildProcess): Promise<void> {
	for (let attempt = 0; attempt < 100; attempt++) {
		if (process.exitCode !== null)
			throw new Error(`${process.spawnfile} ended with code ${process.exitCode}`);
		const open = await new Promise<boolean>((resolve) => {
			const socket = connect(port, "127.0.0.1", () => resolve(true));
			socket.once("error", () => resolve(false));
			socket.once("connect", () => socket.destroy());
		});
		if (open) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`${process.spawnfile} does not listen`);
}
