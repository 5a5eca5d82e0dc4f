/**
 * Did the origin refuse, as far as its answer tells? Shadow mode holds this against the edge's verdict.
 */
import type { ReplyStyle } from "../routes/document-server-routes.ts";

/** A refusal is a few dozen bytes; a longer answer is none and is not read. */
const REFUSAL_LIMIT_BYTES = 1024;
const JSON_REFUSAL = /"error":(?:6|7|-8)[,}]/;
const INTEGRATION_REFUSAL = /"error":\s*1[\s,}]/;
const XML_REFUSAL = /<Error>-8<\/Error>/;

/** @returns `undefined` where the answer does not tell; the answer itself stays readable */
export async function originRefuses(style: ReplyStyle, answer: Response): Promise<boolean | undefined> {
	switch (style) {
		case "nginx":
		case "forbidden":
		case "ai-proxy":
			return answer.status === 403 || answer.status === 410;
		// A WOPI host that checks proofs itself answers 500 to a bad one.
		case "wopi-host":
			return answer.status === 500;
		case "socket":
			return undefined;
		case "integration": {
			// Behind an announced length only: a download without one is a file.
			const isShort = Number(answer.headers.get("Content-Length") ?? Number.NaN) <= REFUSAL_LIMIT_BYTES;
			if (answer.status !== 200 || !isShort) return answer.status === 401 || answer.status === 403;
			return INTEGRATION_REFUSAL.test(await answer.clone().text());
		}
		case "command":
		case "builder":
		case "convert-json":
		case "convert-xml": {
			const length = Number(answer.headers.get("Content-Length") ?? Number.NaN);
			if (answer.status !== 200 || length > REFUSAL_LIMIT_BYTES) return false;
			const text = await answer.clone().text();
			return JSON_REFUSAL.test(text) || XML_REFUSAL.test(text);
		}
	}
}
