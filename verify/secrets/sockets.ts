/**
 * WebSockets with canaries, for every reason for which the edge ends one; and clients that stop in the middle of a body.
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { CLIENT_ADDRESS, DOCUMENT, type Kit } from "./requests/kit.ts";

interface SocketCase {
	readonly host: string;
	readonly frames: readonly string[];
}

/** After this time a socket that the edge leaves open is closed. */
const OPEN_MS = 2500;

export function socketCases({ token, claim, secrets }: Kit): readonly SocketCase[] {
	const { JWT_SECRET_BROWSER: browser, JWT_SECRET_SESSION: session } = secrets.values;
	const claims = () => ({ document: { key: DOCUMENT, url: `https://x.test/${claim("of a URL")}` } });
	const connectWith = (member: string, value: string) =>
		`40${JSON.stringify({ [member]: value, x: claim("of a packet") })}`;
	const good = () => connectWith("token", token(claims(), browser));
	const auth = (value: string) =>
		`42${JSON.stringify(["message", { type: "auth", token: claim("of a packet"), user: {}, jwtOpen: value }])}`;
	const cases = [
		[good(), `42["message","${claim("of a packet")}"]`],
		[good(), good()],
		[good(), auth(token({ ...claims(), exp: 1 }, browser))],
		[good(), auth(token(claims(), claim("a wrong secret")))],
		[connectWith("token", token(claims(), claim("a wrong secret")))],
		[connectWith("token", token({ ...claims(), exp: 1 }, browser))],
		[connectWith("session", token(claims(), session))],
		[`42["message","${claim("of a packet")}"]`],
		Array.from({ length: 20 }, () => `3${claim("of a packet")}`),
		[`40{"token":"${claim("of a packet").repeat(100)}"}`],
		[],
	];
	return ["docs.test", "strict.test", "shadow.test"].flatMap((host) =>
		cases.map((frames) => ({ host, frames })),
	);
}

/** @returns everything that the client received: frames, and the text of the closing frame */
export async function runSocket(
	site: URL,
	{ host, frames }: SocketCase,
	path = `/doc/${DOCUMENT}/c/`,
): Promise<string> {
	const heard: string[] = [];
	const socket = new WebSocket(`ws://${site.host}${path}?EIO=4&transport=websocket`, {
		headers: { Host: host, "CF-Connecting-IP": CLIENT_ADDRESS },
	});
	socket.on("message", (data) => heard.push(String(data)));
	socket.on("unexpected-response", (_, response) => heard.push(JSON.stringify(response.headers)));
	socket.on("error", () => undefined);
	const closed = new Promise<void>((resolve) =>
		socket.once("close", (code, reason) => {
			heard.push(`${code} ${reason}`);
			resolve();
		}),
	);
	socket.once("open", async () => {
		for (const frame of frames) {
			if (socket.readyState === socket.OPEN) socket.send(frame);
			// The second frame has to come after the server's answer to the first.
			await sleep(100);
		}
	});
	await Promise.race([closed, sleep(OPEN_MS)]);
	socket.terminate();
	return heard.join("\n");
}

/** Sends the beginning of a body, and then nothing more, or breaks the connection. @returns what came back */
export async function sendHalf(
	site: URL,
	host: string,
	target: string,
	body: string,
	breaks: boolean,
): Promise<string> {
	const socket = connect(Number(site.port), site.hostname);
	let heard = "";
	socket.on("error", () => undefined);
	socket.on("data", (bytes) => {
		heard += bytes.toString("latin1");
	});
	const closed = new Promise((resolve) => socket.once("close", resolve));
	socket.write(`POST ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5000\r\n\r\n${body}`);
	await Promise.race([closed, sleep(breaks ? 300 : OPEN_MS)]);
	socket.destroy();
	return heard;
}
