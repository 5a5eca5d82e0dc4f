/**
 * Starts the origin of all contenders: Debian's nginx with files and a response to every call. For comparison, also
 * starts an nginx before it that checks the links itself.
 */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Nginx, secureLinkServer, startNginx } from "../../test/node/support/nginx.ts";
import { SECRETS } from "../credentials.ts";
import { FILES } from "../works.ts";

/** A longer file is a hole: nginx reads zeros, and the disk holds nothing. */
const WRITTEN_BYTES = 1_000_000;

export async function startOrigin(): Promise<Nginx> {
	const folder = mkdtempSync(join(tmpdir(), "edge-origin-"));
	for (const [path, bytes] of Object.entries(FILES)) {
		const file = join(folder, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, bytes > WRITTEN_BYTES ? "" : "x".repeat(bytes));
		truncateSync(file, bytes);
	}
	const nginx = await startUntilExit(
		`client_max_body_size 0;
		keepalive_requests 1000000000;
		location / { root ${folder}; }
		location ~ ^/(command|converter|taken) { default_type application/json; return 200 '{"error":0}'; }
		# "return" answers before it reads the body. A Document Server reads the whole upload first.
		location /upload { client_body_buffer_size 2m; proxy_pass http://127.0.0.1:$server_port/taken; }`,
		"sendfile on; tcp_nopush on;",
	);
	const stop = async () => {
		await nginx.stop();
		rmSync(folder, { recursive: true });
	};
	return { ...nginx, stop };
}

export function startCheckingNginx(origin: Pick<Nginx, "url">): Promise<Nginx> {
	return startUntilExit(
		`keepalive_requests 1000000000; ${secureLinkServer(
			SECRETS.SECURE_LINK_SECRET,
			'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://origin;',
		)}`,
		`upstream origin { server ${origin.url.host}; keepalive 64; keepalive_requests 1000000000; }`,
	);
}

/** Ends nginx with this process: a failed run would leave it behind. */
async function startUntilExit(...blocks: Parameters<typeof startNginx>): Promise<Nginx> {
	const nginx = await startNginx(...blocks);
	process.once("exit", () => {
		try {
			process.kill(nginx.pid);
		} catch {
			// nginx has ended.
		}
	});
	return nginx;
}
