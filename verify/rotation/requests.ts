/**
 * The requests of clients that hold one of two secrets: files, commands, conversions and uploads.
 */
import { createHash } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";
import { pick, type Random } from "../../test/random.ts";
import { type Answered, type Asked, ask } from "../http-client.ts";
import { type Age, SECRETS, type Step } from "./steps.ts";

/** 2100-01-01 */
const EXPIRES = 4_102_444_800;
const TOKEN_SECONDS = 600;

interface Kind {
	readonly name: string;
	readonly signedBy: "integrations" | "serverMade";
	readonly request: (n: number, age: Age) => Asked;
	readonly isAccepted: (answered: Answered) => boolean;
}

const sign = (age: Age, claims: object) =>
	jsonwebtoken.sign(claims, SECRETS[age].token, { expiresIn: TOKEN_SECONDS });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const isDone = ({ status, text }: Answered) => status === 200 && text === '{"error":0}';
const JSON_TYPE = { "Content-Type": "application/json" };

function signLink(path: string, age: Age): string {
	const md5 = createHash("md5").update(`${EXPIRES}${path}${SECRETS[age].link}`).digest("base64url");
	return `${path}?md5=${md5}&expires=${EXPIRES}`;
}

const KINDS: readonly Kind[] = [
	{
		name: "a file",
		signedBy: "serverMade",
		request: (n, age) => ({ path: signLink(`/cache/files/data/k${n}/Editor.bin/a.docx`, age) }),
		// nginx answers 204 to a good link.
		isAccepted: ({ status }) => status === 204,
	},
	{
		name: "an upload of the editor",
		signedBy: "serverMade",
		request: (n, age) => ({
			method: "POST",
			path: `/upload/k${n}`,
			headers: bearer(sign(age, { document: { key: `k${n}` }, editorConfig: {} })),
			body: "picture",
		}),
		isAccepted: isDone,
	},
	{
		name: "a command",
		signedBy: "integrations",
		request: (n, age) => ({
			method: "POST",
			path: "/command",
			headers: { ...JSON_TYPE, ...bearer(sign(age, { payload: { c: "info", key: `k${n}` } })) },
			body: JSON.stringify({ c: "info", key: `k${n}` }),
		}),
		isAccepted: isDone,
	},
	{
		name: "a conversion",
		signedBy: "integrations",
		request: (n, age) => {
			const claims = { filetype: "docx", outputtype: "pdf", key: `k${n}`, url: "http://x.test/a.docx" };
			const body = JSON.stringify({ token: sign(age, claims) });
			return { method: "POST", path: "/converter", headers: JSON_TYPE, body };
		},
		isAccepted: isDone,
	},
];

/**
 * Sends a request of any kind, with any secret that its signers use.
 *
 * @param n differs in each request
 * @returns how it was refused; `undefined` if it was accepted
 */
export async function sendAny(
	random: Random,
	n: number,
	site: URL,
	signers: Pick<Step, "integrations" | "serverMade">,
): Promise<string | undefined> {
	const { name, signedBy, request, isAccepted } = pick(random, KINDS);
	const age = pick(random, signers[signedBy]);
	const who = `${name} with the ${age} secret`;
	try {
		const answered = await ask(site, request(n, age));
		if (isAccepted(answered)) return undefined;
		const reason = answered.headers["x-edge-reason"] ?? "by the server";
		return `${who}: ${answered.status} ${reason}`;
	} catch (error) {
		return `${who}: ${error}`;
	}
}
