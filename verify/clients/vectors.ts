/**
 * The recorded exchanges of clients that others wrote. `test/vectors/clients.json` says how each was recorded.
 */
import { readFileSync } from "node:fs";

/** What the editor's network code gave to socket.io-client. */
export interface RecordedEditor {
	readonly id: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	/** In the order in which the editor tries them. */
	readonly transports: readonly string[];
	/** The first connection, and the ones after it broke. */
	readonly connections: readonly {
		readonly auth: Readonly<Record<string, unknown>>;
		readonly messages: readonly Readonly<Record<string, unknown>>[];
	}[];
}

export interface RecordedRequest {
	readonly id: string;
	/** Who receives it. */
	readonly to: "server" | "integration";
	readonly method: string;
	readonly target: string;
	readonly headers: Readonly<Record<string, string>>;
	/** One character per byte. */
	readonly body: string;
}

interface Vectors {
	readonly secrets: Readonly<Record<"inbox" | "browser" | "session" | "outbox", string>>;
	readonly editors: readonly RecordedEditor[];
	readonly requests: readonly RecordedRequest[];
}

export const RECORDED: Vectors = JSON.parse(
	readFileSync(new URL("../../test/vectors/clients.json", import.meta.url), "utf8"),
);
