/**
 * Replays recorded HTTP requests through the edge, to an origin that checks their tokens with the library of the server.
 */
import jsonwebtoken from "jsonwebtoken";
import { startWorkerd } from "../../bench/servers/workerd.ts";
import { sendRaw } from "../../test/node/support/raw-http.ts";
import {
	ORIGIN_STATUS,
	type SeenRequest,
	startRecordingOrigin,
} from "../../test/node/support/recording-origin.ts";
import { started, withCleanup } from "../cleanup.ts";
import type { Replayed } from "./replay-editors.ts";
import type { RecordedRequest } from "./vectors.ts";

export interface RequestReplay {
	readonly source: string;
	readonly bindings: Readonly<Record<string, string>>;
	/** The bindings of the host in front of the integration. */
	readonly integrationBindings: Readonly<Record<string, string>>;
	/** The secrets that server and integration hold. */
	readonly heldSecrets: readonly string[];
	readonly requests: readonly RecordedRequest[];
}

const HOSTNAMES = { server: "docs.example.com", integration: "cloud.example.com" };

export const replayRequests = (options: RequestReplay): Promise<Replayed> =>
	withCleanup(async (later) => {
		const { source, bindings, integrationBindings, heldSecrets, requests } = options;
		const origin = await started(startRecordingOrigin(), later);
		const HOSTS = JSON.stringify({
			[HOSTNAMES.server]: { ORIGIN: origin.url },
			[HOSTNAMES.integration]: { ORIGIN: origin.url, ROLE: "storage", ...integrationBindings },
		});
		const edge = await started(startWorkerd({ source, bindings: { ...bindings, HOSTS } }), later);
		const findings: string[] = [];
		for (const { id, to, method, target, headers, body } of requests) {
			origin.take();
			const hostHeader = HOSTNAMES[to];
			const sent = {
				method,
				target,
				headers,
				hostHeader,
				...(body && { body: Buffer.from(body, "latin1") }),
			};
			const answered = await sendRaw(new URL(edge.url), sent);
			const [seen] = origin.take();
			const reason = answered.headers["x-edge-reason"] ?? "";
			if (answered.status !== ORIGIN_STATUS) findings.push(`${id}: ${answered.status} ${reason}`);
			else if (seen === undefined) findings.push(`${id}: nothing reached the origin`);
			else {
				const wrong = tokensRead(to, seen).filter(
					(token) => !heldSecrets.some((secret) => isSignedWith(token, secret)),
				);
				if (wrong.length > 0) findings.push(`${id}: ${wrong.length} tokens that the origin refuses`);
				const hadToken = JSON.stringify({ target, headers, body }).match(TOKEN) !== null;
				if (hadToken && tokensRead(to, seen).length === 0) findings.push(`${id}: the token got lost`);
			}
		}
		return { count: requests.length, messages: 0, findings };
	});

const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/**
 * DocService takes the token of the body, and only without one the token of the header or of the query
 * (`getRequestParams`). An integration may read any.
 */
function tokensRead(to: RecordedRequest["to"], { target, headers, body }: SeenRequest): string[] {
	const places = [body.toString("latin1"), JSON.stringify(headers), target];
	const found = places.map((text) => text.match(TOKEN) ?? []).filter((tokens) => tokens.length > 0);
	return (to === "server" ? found.slice(0, 1) : found).flat();
}

function isSignedWith(token: string, secret: string): boolean {
	try {
		jsonwebtoken.verify(token, secret);
		return true;
	} catch {
		return false;
	}
}
