/**
 * API calls of integrations: tokens in each place and in every state, and bodies that cannot be read.
 */
import { gzipSync } from "node:zlib";
import { FAR_SECONDS } from "../canaries.ts";
import { bearer, type Kit, withLineBreak } from "./kit.ts";

const CALL_HOSTS = [
	"docs.test",
	"acme.test",
	"strict.test",
	"shadow.test",
	"off.test",
	"old.test",
	"empty.test",
];
const PATHS = ["/command", "/converter", "/docbuilder"];
const POST = "POST";
/** The strict host takes young tokens only. */
const LIFETIME_SECONDS = 60;

export function sendCalls(kit: Kit): void {
	const { send, claim, make } = kit;
	for (const host of CALL_HOSTS) {
		for (const token of tokensOf(kit)) {
			const body = JSON.stringify({
				token,
				key: make("key", "of a call"),
				title: claim("of a body"),
				c: "info",
			});
			for (const path of PATHS) send(path, { host, method: POST, body });
			send("/command", { host, method: POST, headers: bearer(token), body: `{"c":"${claim("of a body")}"}` });
			send(`/coauthoring/CommandService.ashx?token=${token}&c=info`, { host });
			send(`/downloadfile/${claim("of a path")}?token=${token}`, { host });
			send(`/ConvertService.ashx?token=${token}`, { host, headers: { Accept: "application/json" } });
		}
		sendBodies(kit, host);
	}
	const { JWT_SECRET_INBOX: inbox } = kit.secrets.values;
	const script = `builder.CreateFile("${claim("of a script")}")`;
	send("/docbuilder", { method: POST, headers: bearer(kit.token({ async: true }, inbox)), body: script });
	const nowSeconds = Math.floor(Date.now() / 1000);
	const elsewhere = {
		url: `http://x.test/${claim("of a URL")}`,
		iat: nowSeconds,
		exp: nowSeconds + LIFETIME_SECONDS,
	};
	const headers = bearer(kit.token(elsewhere, inbox));
	send("/converter", { host: "strict.test", method: POST, headers, body: "{}" });
	const epub = { filetype: "epub", outputtype: "pdf", url: `https://files.test/${claim("of a URL")}` };
	send("/converter", {
		host: "old.test",
		method: POST,
		body: JSON.stringify({ token: kit.token(epub, inbox) }),
	});
}

/** One token of each state; all claims hold canaries. */
function tokensOf({ token, claim, secrets }: Kit): readonly string[] {
	const { JWT_SECRET_INBOX: inbox } = secrets.values;
	const claims = () => ({
		c: "version",
		key: claim("of a token"),
		payload: { title: claim("of a token"), c: "version" },
		exp: FAR_SECONDS,
	});
	const editor = {
		document: { key: claim("of a token"), url: `https://x.test/${claim("of a URL")}` },
		editorConfig: { callbackUrl: `https://user:${claim("of a URL")}@cb.test/${claim("of a URL")}` },
	};
	const good = token(claims(), inbox);
	return [
		good,
		token(claims(), secrets.bindings.ACME_JWT_SECRET ?? ""),
		token(claims(), secrets.values.ORIGIN_JWT_SECRET_INBOX),
		token(claims(), claim("a wrong secret")),
		token(claims(), withLineBreak(inbox)),
		token({ ...claims(), exp: 1_600_000_000 }, inbox),
		token({ ...claims(), nbf: FAR_SECONDS }, inbox),
		token({ ...claims(), exp: claim("of a token") }, inbox),
		token({ c: "version" }, inbox),
		token(editor, inbox),
		token({ ...claims(), url: `http://${claim("of a URL")}.test/` }, inbox),
		token(claims(), inbox, { alg: "none" }),
		token(claims(), inbox, { alg: "HS256", crit: [claim("of a header")] }),
		`${good.slice(0, -2)}**`,
		good.split(".").slice(0, 2).join("."),
		token({ ...claims(), long: "x".repeat(1500) }, inbox),
		"",
	];
}

function sendBodies({ send, token, claim, secrets }: Kit, host: string): void {
	const body = JSON.stringify({ token: token({ c: "version" }, secrets.values.JWT_SECRET_INBOX) });
	const coded = (coding: string) => ({ "Content-Encoding": coding });
	send("/command", { host, method: POST, headers: coded("gzip"), body: gzipSync(body) });
	send("/command", { host, method: POST, headers: coded("gzip"), body });
	send("/command", { host, method: POST, headers: coded("br"), body });
	send("/command", { host, method: POST, body: `{"x":"${claim("of a body")}${"x".repeat(3000)}"}` });
	send("/coauthoring/CommandService.ashx", { host, method: "GET", body, framing: "chunked" });
}
