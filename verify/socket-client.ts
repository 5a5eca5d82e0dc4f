/**
 * A client of the editor's socket that sends any packets, by polling, by WebSocket, or first by one and then by the
 * other. It notes everything that the server sends.
 *
 * After each group of packets it sends a CONNECT to a namespace that does not exist. The server answers it whether the
 * client is admitted or not, so the client knows without a timer that the group was read.
 */
import { WebSocket } from "ws";
import type { SocketSequence } from "./generators/socket-sequences.ts";

/** A guard against a server that never answers. */
const SILENCE_MS = 20_000;
const SEPARATOR = "\x1e";
const question = (n: number) => `40/question-${n},`;
const answerTo = (n: number) => `44/question-${n},`;
const ANSWER = /^44\/question-\d+,/;
const SESSION = /"sid":"([^"]*)"/;

/** @param id added to the query, so that the server can tell the sequences apart */
export async function converse(
	site: string,
	sequence: SocketSequence,
	id: string,
): Promise<readonly string[]> {
	const { transport, path, version, polled, groups } = sequence;
	const seen: string[] = [];
	const url = (way: string, sid = "") => {
		const session = sid === "" ? "" : `&sid=${sid}`;
		return new URL(`${path}?${version}&transport=${way}&case=${id}${session}`, site);
	};
	const noted = () =>
		seen.filter((line) => !ANSWER.test(line)).map((line) => line.replace(SESSION, '"sid":"(sid)"'));

	if (transport === "websocket") {
		await sendByWebSocket(url("websocket"), groups, "", seen);
		return noted();
	}
	const opened = await request(url("polling"));
	seen.push(...opened);
	const sid = SESSION.exec(opened.join())?.[1];
	if (sid === undefined) return noted();
	const byPolling = transport === "polling" ? groups : groups.slice(0, polled);
	const isOpen = await sendByPolling(url("polling", sid), byPolling, seen);
	if (transport === "upgrade" && isOpen)
		await sendByWebSocket(url("websocket", sid), groups.slice(byPolling.length), sid, seen);
	else if (isOpen) await request(url("polling", sid), CLOSE);
	return noted();
}

/** Without it the server would keep the session for a day. */
const CLOSE = "1";

/** @returns the packets of the response, or its status and its text */
async function request(url: URL, body?: string): Promise<readonly string[]> {
	const method = body === undefined ? "GET" : "POST";
	const init = { method, signal: AbortSignal.timeout(SILENCE_MS), ...(body !== undefined && { body }) };
	try {
		const response = await fetch(url, init);
		const text = await response.text();
		return response.status === 200 ? text.split(SEPARATOR) : [`${method} ${response.status} ${text}`];
	} catch (error) {
		return [`${method} failed: ${error instanceof Error ? error.name : error}`];
	}
}

const isRefused = (lines: readonly string[]) => /^(?:GET|POST) /.test(lines[0] ?? "");

type Group = SocketSequence["groups"][number];
/** The server answers a CONNECT a little later than the question behind it. So the client asks once more. */
const withQuestions = (groups: readonly Group[]): readonly Group[] => groups.flatMap((group) => [group, []]);

/** @returns whether the session is still open */
async function sendByPolling(url: URL, groups: readonly Group[], seen: string[]): Promise<boolean> {
	for (const [n, group] of withQuestions(groups).entries()) {
		const body = group.map((packet) => (typeof packet === "string" ? packet : `b${base64(packet)}`));
		if (group.length > 0) seen.push(...(await request(url, body.join(SEPARATOR))));
		const asked = await request(url, question(n));
		if (isRefused(asked)) seen.push(...asked);
		for (let isAnswered = false; !isAnswered; ) {
			const polled = await request(url);
			seen.push(...polled);
			if (isRefused(polled)) return false;
			isAnswered = polled.some((packet) => packet.startsWith(answerTo(n)));
		}
	}
	return true;
}

/** @param sid of a polling session from which the WebSocket takes over */
async function sendByWebSocket(
	url: URL,
	groups: readonly Group[],
	sid: string,
	seen: string[],
): Promise<void> {
	const socket = new WebSocket(url.href.replace("http", "ws"));
	let isOpen = false;
	let hasEnded = false;
	let wake: () => void = () => undefined;
	const note = (line: string, isEnd = false) => {
		if (!hasEnded) seen.push(line);
		hasEnded ||= isEnd;
		wake();
	};
	socket.on("open", () => {
		isOpen = true;
		wake();
	});
	socket.on("message", (data, isBinary) => note(isBinary ? `b${base64(data as Buffer)}` : String(data)));
	socket.on("close", (code, reason) => note(`closed ${code} ${reason}`.trim(), true));
	socket.on("error", () => undefined);
	socket.on("unexpected-response", (_, response) => {
		const chunks: Buffer[] = [];
		response.on("data", (chunk) => chunks.push(chunk));
		response.on("close", () => note(`HTTP ${response.statusCode} ${Buffer.concat(chunks)}`, true));
	});
	const until = async (isReached: () => boolean): Promise<void> => {
		const timer = setTimeout(() => note("silence", true), SILENCE_MS);
		while (!hasEnded && !isReached())
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		clearTimeout(timer);
	};
	const untilLine = (prefix: string) => {
		const from = seen.length;
		return until(() => seen.slice(from).some((line) => line.startsWith(prefix)));
	};

	// A client waits for the server's first packet. The edge's refusal of an earlier CONNECT may overtake it.
	await (sid === "" ? untilLine("0") : until(() => isOpen));
	if (sid !== "" && !hasEnded) {
		socket.send("2probe");
		await untilLine("3probe");
		if (!hasEnded) socket.send("5");
	}
	for (const [n, group] of withQuestions(groups).entries()) {
		if (hasEnded) break;
		for (const packet of group) socket.send(packet);
		socket.send(question(n));
		await untilLine(answerTo(n));
	}
	hasEnded = true;
	socket.terminate();
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
