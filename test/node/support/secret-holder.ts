/**
 * The parts of a Document Server that hold secrets: a real nginx for links, and behind it a token checker and the real
 * socket server.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import jsonwebtoken from "jsonwebtoken";
import { startDocumentServer } from "./document-server.ts";
import { secureLinkServer, startNginx } from "./nginx.ts";

export interface ServerSecrets {
	/** Of all four kinds of tokens. */
	readonly token: string;
	readonly link: string;
}

export interface SecretHolder {
	readonly url: string;
	readonly stop: () => Promise<void>;
}

/** nginx keeps connections to the checker for a minute. */
const KEEP_ALIVE_MS = 120_000;
const SOCKET_HEADERS =
	'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

export async function startSecretHolder({ token, link }: ServerSecrets): Promise<SecretHolder> {
	const checker = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
		const sent = await findToken(request);
		response.end(isGood(sent, token) ? '{"error":0}' : '{"error":6}');
	});
	await new Promise<void>((resolve) => checker.listen(0, "127.0.0.1", resolve));
	const { port } = checker.address() as AddressInfo;
	const sockets = await startDocumentServer({ secrets: { browser: token, session: token } });
	const nginx = await startNginx(
		`${secureLinkServer(link)}
		location /doc/ { proxy_pass ${sockets.url}; ${SOCKET_HEADERS} }
		location / { proxy_pass http://checker; proxy_http_version 1.1; proxy_set_header Connection ""; }`,
		`upstream checker { server 127.0.0.1:${port}; keepalive 64; }`,
	);
	return {
		url: nginx.url.origin,
		stop: async () => {
			await nginx.stop();
			await sockets.stop();
			await new Promise((resolve) => {
				checker.close(resolve);
				checker.closeAllConnections();
			});
		},
	};
}

/** In the header, else in a body of JSON. */
async function findToken(request: IncomingMessage): Promise<string> {
	const [, inHeader] = (request.headers.authorization ?? "").split(" ");
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	const body = Buffer.concat(chunks).toString();
	return inHeader ?? (body.startsWith("{") ? JSON.parse(body).token : "");
}

function isGood(token: string, secret: string): boolean {
	try {
		jsonwebtoken.verify(token, secret);
		return true;
	} catch {
		return false;
	}
}
