/**
 * The changes of an accepted request on its way to the origin: the token is re-signed, and parameters that the token
 * does not cover are dropped. Everything else is forwarded as it came.
 */
import type { Host } from "../config/host.ts";
import type { Key } from "../config/secrets/key-ring.ts";
import type { Body } from "../request/body.ts";
import type { Target } from "../request/target.ts";
import type { FoundToken } from "../token/find-token.ts";
import { signTokenForOrigin } from "../token/sign-for-origin.ts";
import type { Refusal } from "../verdict.ts";
import { bodyOf, isTokenAlone, replaceTokenInBody } from "./body.ts";
import { replaceJsonString } from "./json-splice.ts";
import { replaceParameter } from "./query-parameter.ts";

export interface Rewrite {
	/** The query that DocService reads, without `?`. */
	readonly query?: string;
	readonly header?: readonly [name: string, value: string];
	/** The body, without a content coding. */
	readonly body?: Uint8Array<ArrayBuffer>;
}

/**
 * @param found the verified token
 * @param originKey the key to re-sign the token with; `undefined` if the origin takes it as it is
 * @param params the members of a new body; the token is added if it was in the body
 */
export async function rewriteCall(
	found: FoundToken & { readonly token: string },
	body: Body,
	{ docService }: Target,
	host: Host,
	originKey: Key | undefined,
	params: object = {},
): Promise<Rewrite | Refusal> {
	const token = originKey ? await signTokenForOrigin(found.token, originKey) : found.token;
	const dropsUncovered = host.tokenRequiredParams && body.bytes !== undefined;
	switch (found.place) {
		case "header":
			return {
				...(originKey && { header: [found.header.name, found.header.prefix + token] as const }),
				...(dropsUncovered && found.bodyIsJson && { body: bodyOf(params) }),
			};
		case "body": {
			const isUncoveredEmpty = isTokenAlone(found.token, body) && Object.keys(params).length === 0;
			if (dropsUncovered && !isUncoveredEmpty) return { body: bodyOf({ ...params, token }) };
			return originKey && body.bytes ? { body: replaceTokenInBody(body, token) } : {};
		}
		case "query":
			return originKey ? replaceParameter(docService.query, "token", () => token) : {};
		case "cmd.tokenDownload":
		case "cmd.tokenSession": {
			const member = found.place.slice("cmd.".length);
			const replaceMember = (cmd: string) => replaceJsonString(cmd, [member], token) ?? cmd;
			return originKey ? replaceParameter(docService.query, "cmd", replaceMember) : {};
		}
	}
}
