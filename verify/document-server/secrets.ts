/**
 * Secrets of a Document Server that anyone can reach. The edge refuses to work with the vectors' secrets there, because
 * they are known samples.
 */
import { VECTOR_BINDINGS } from "../../test/node/support/vectors.ts";

export interface ServerSecrets {
	readonly inbox: string;
	readonly session: string;
	readonly outbox: string;
	/** Of links to cached files. */
	readonly link: string;
}

export const PUBLIC_SECRETS: ServerSecrets = {
	inbox: "the inbox secret of a public host",
	session: "the session secret of a public host",
	outbox: "the outbox secret of a public host",
	link: "the link secret of a public host",
};

export const PUBLIC_BINDINGS: Readonly<Record<string, string>> = {
	...VECTOR_BINDINGS,
	EXPOSURE: "public",
	JWT_SECRET_INBOX: PUBLIC_SECRETS.inbox,
	JWT_SECRET_BROWSER: PUBLIC_SECRETS.inbox,
	JWT_SECRET_SESSION: PUBLIC_SECRETS.session,
	JWT_SECRET_OUTBOX: PUBLIC_SECRETS.outbox,
	SECURE_LINK_SECRET: PUBLIC_SECRETS.link,
};
