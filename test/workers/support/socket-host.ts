/**
 * A host whose editors bring a token of the vectors, for the tests of the editor's socket.
 */
import { readHost } from "../../../src/config/read-host.ts";
import vectors from "../../vectors/tokens.json" with { type: "json" };
import { NOW_SECONDS } from "./keys.ts";

const good = vectors.tokens.find(({ id }) => id === "alg-HS256");

/** The inbox secret signed it, and it has no end. */
export const GOOD_TOKEN = good?.token ?? "";
export const SOCKET_BINDINGS = {
	ORIGIN: "http://origin.test",
	JWT_SECRET_INBOX: good?.secret ?? "",
	JWT_SECRET_SESSION: "session secret",
	SECURE_LINK_SECRET: "link secret",
};
export const SOCKET_HOST = readHost(SOCKET_BINDINGS, NOW_SECONDS);
