/**
 * The secrets of the soak's edge, and credentials that it accepts.
 */
import jsonwebtoken from "jsonwebtoken";
import { SECRET } from "../../test/node/support/cached-files.ts";

const TOKEN_SECRET = "the token secret of the soak";

export const BINDINGS = { JWT_SECRET: TOKEN_SECRET, SECURE_LINK_SECRET: SECRET };
export const SOCKET_SECRETS = { browser: TOKEN_SECRET, session: TOKEN_SECRET };

export const signToken = (claims: object, options: jsonwebtoken.SignOptions = {}): string =>
	jsonwebtoken.sign(claims, TOKEN_SECRET, options);
export const forgeToken = (claims: object, options: jsonwebtoken.SignOptions = {}): string =>
	jsonwebtoken.sign(claims, "the secret of a stranger", options);

export const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });
