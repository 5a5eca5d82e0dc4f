/**
 * The two ways in which an edge holds secrets: the same as the server, or others, so that it signs each credential again.
 * All other settings are the strict defaults.
 */
import { RECORDED } from "./vectors.ts";

const { inbox, browser, session, outbox } = RECORDED.secrets;
const HELD = {
	inbox: "the server's own inbox secret",
	browser: "the server's own browser secret",
	session: "the server's own session secret",
	outbox: "the integration's own outbox secret",
};
const ACCEPTED = {
	JWT_SECRET_INBOX: inbox,
	JWT_SECRET_BROWSER: browser,
	JWT_SECRET_SESSION: session,
	JWT_SECRET_OUTBOX: outbox,
	SECURE_LINK_SECRET: "a link secret that no client needs",
};
const integrationBindings = { CALLBACK_PATHS: "/track", DOWNLOAD_PATHS: "/download" };

export const SETUPS = [
	{
		name: "the server's secrets",
		bindings: ACCEPTED,
		integrationBindings,
		serverSecrets: { browser, session },
		heldSecrets: [inbox, browser, session, outbox],
	},
	{
		name: "re-signed",
		bindings: {
			...ACCEPTED,
			ORIGIN_JWT_SECRET_INBOX: HELD.inbox,
			ORIGIN_JWT_SECRET_BROWSER: HELD.browser,
			ORIGIN_JWT_SECRET_SESSION: HELD.session,
			ORIGIN_JWT_SECRET_OUTBOX: HELD.outbox,
		},
		integrationBindings,
		serverSecrets: { browser: HELD.browser, session: HELD.session },
		heldSecrets: Object.values(HELD),
	},
] as const;
