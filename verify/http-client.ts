/**
 * One HTTP client for all checks: it keeps connections, and may name any host.
 */
import { Agent, type IncomingHttpHeaders, request } from "node:http";

export interface Asked {
	readonly host?: string;
	readonly method?: string;
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Buffer;
}

export interface Answered {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** One character per byte. */
	readonly text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 128 });

/** Rejects if the connection breaks. */
export function ask(site: URL, { host, method = "GET", path, headers = {}, body }: Asked): Promise<Answered> {
	return new Promise((resolve, reject) => {
		const { hostname, port } = site;
		const named = host === undefined ? headers : { Host: host, ...headers };
		const sent = request({ agent, hostname, port, method, path, headers: named });
		sent.on("error", reject);
		sent.on("response", (response) => {
			const chunks: Buffer[] = [];
			response.on("error", reject);
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("end", () => {
				const { statusCode = 0, headers } = response;
				resolve({ status: statusCode, headers, text: Buffer.concat(chunks).toString("latin1") });
			});
		});
		sent.end(body);
	});
}
