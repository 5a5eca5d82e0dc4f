/**
 * Compares the edge's decision with the origin's response, in shadow mode.
 */
import type { Decision } from "../decide.ts";
import { readShortText } from "../origin/short-text.ts";
import type { ReplyStyle } from "../routes/route.ts";
import type { DecisionRecord } from "./decision-record.ts";

export async function compareWithOrigin(
	{ ok, route }: Decision,
	response: Response,
): Promise<NonNullable<DecisionRecord["shadow"]>> {
	if (route.requires.kind === "open") return "not compared";
	const isRefused = await ORIGIN_REFUSES[route.reply](response);
	if (isRefused === undefined) return "not compared";
	if (isRefused === !ok) return "agree";
	return isRefused ? "origin_only_refuses" : "edge_only_refuses";
}

/** A refusal has a few dozen bytes. A longer response is not a refusal and is not read. */
const REFUSAL_LIMIT_BYTES = 1024;
const JSON_REFUSAL = /"error":(?:6|7|-8)[,}]/;
const INTEGRATION_REFUSAL = /"error":\s*1[\s,}]/;
const XML_REFUSAL = /<Error>-8<\/Error>/;

type OriginRefuses = (response: Response) => boolean | undefined | Promise<boolean>;

const hasRefusalStatus: OriginRefuses = ({ status }) => status === 403 || status === 410;

const hasRefusalBody: OriginRefuses = async (response) => {
	if (response.status !== 200) return false;
	const text = (await readShortText(response.clone(), REFUSAL_LIMIT_BYTES)) ?? "";
	return JSON_REFUSAL.test(text) || XML_REFUSAL.test(text);
};

/** By reply style: whether the origin's response is a refusal; `undefined` if the response does not show it. */
const ORIGIN_REFUSES: Readonly<Record<ReplyStyle, OriginRefuses>> = {
	nginx: hasRefusalStatus,
	forbidden: hasRefusalStatus,
	"ai-proxy": hasRefusalStatus,
	command: hasRefusalBody,
	builder: hasRefusalBody,
	"convert-json": hasRefusalBody,
	"convert-xml": hasRefusalBody,
	socket: () => undefined,
	// A WOPI host that checks proofs itself answers 500 to a bad one.
	"wopi-host": ({ status }) => status === 500,
	integration: async (response) => {
		// A download without an announced length is a file, not a refusal.
		const announced = response.headers.get("Content-Length") ?? Number.NaN;
		const isShort = Number(announced) <= REFUSAL_LIMIT_BYTES;
		if (response.status !== 200 || !isShort) return response.status === 401 || response.status === 403;
		return INTEGRATION_REFUSAL.test(await response.clone().text());
	},
};
