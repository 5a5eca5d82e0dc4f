/**
 * The editor's own requests: uploads, downloads, saves, prints, the assistant, and the packets of its socket by polling.
 */
import { FAR_SECONDS } from "../canaries.ts";
import { bearer, DOCUMENT, type Kit, withLineBreak } from "./kit.ts";

const HOSTS = ["docs.test", "acme.test", "strict.test", "shadow.test", "off.test"];
const POST = "POST";
const SEPARATOR = "\x1e";

export function sendSessions(kit: Kit): void {
	const { send, token, claim, secrets } = kit;
	const { JWT_SECRET_SESSION: session, JWT_SECRET_BROWSER: browser } = secrets.values;
	const sessionOf = (key: string, more = {}) => ({
		document: { key, ...more },
		editorConfig: { user: { name: claim("of a token") } },
	});
	const view = { permissions: { download: false, print: false } };
	for (const host of HOSTS) {
		const tokens = [
			token(sessionOf(DOCUMENT), session),
			token(sessionOf(claim("of a token")), session),
			token(sessionOf(DOCUMENT, view), session),
			token({ ...sessionOf(DOCUMENT), exp: 1 }, session),
			token(sessionOf(DOCUMENT), withLineBreak(session)),
			token(sessionOf(DOCUMENT, { url: `https://x.test/${claim("of a URL")}` }), browser),
		];
		for (const one of tokens) {
			const cmd = (member: string) =>
				encodeURIComponent(
					JSON.stringify({ c: "save", id: DOCUMENT, savetype: 3, [member]: one, title: claim("of a cmd") }),
				);
			send(`/upload/${DOCUMENT}`, { host, method: POST, headers: bearer(one), body: claim("of a picture") });
			send(`/upload/${DOCUMENT}?token=${one}`, { host, method: POST, body: "x" });
			send(`/downloadas/${DOCUMENT}?cmd=${cmd("tokenSession")}`, { host, method: POST, body: "x" });
			send(`/downloadas/${DOCUMENT}?cmd=${cmd("tokenDownload")}`, { host, method: POST, body: "x" });
			send(`/savefile/${DOCUMENT}?cmd=${cmd("tokenSession")}`, { host, method: POST, body: "x" });
			send(`/printfile/${DOCUMENT}/a.pdf?token=${one}`, { host });
			send("/ai-proxy/x", {
				host,
				method: POST,
				headers: bearer(one),
				body: `{"x":"${claim("of a body")}"}`,
			});
		}
		send(`/downloadas/${DOCUMENT}?cmd=${claim("of a cmd")}`, { host, method: POST, body: "x" });
		sendPackets(kit, host);
	}
}

function sendPackets({ send, token, claim, secrets }: Kit, host: string): void {
	const { JWT_SECRET_BROWSER: browser, JWT_SECRET_SESSION: session } = secrets.values;
	const claims = {
		document: { key: DOCUMENT, title: claim("of a token") },
		editorConfig: {},
		exp: FAR_SECONDS,
	};
	const packets = (body: string, query = "EIO=4&transport=polling&sid=s") =>
		send(`/doc/${DOCUMENT}/c/?${query}`, { host, method: POST, body });
	const connect = (member: string, value: string) =>
		`40${JSON.stringify({ [member]: value, x: claim("of a packet") })}`;
	const auth = (value: string) =>
		`42${JSON.stringify(["message", { type: "auth", token: claim("of a packet"), user: { name: claim("of a packet") }, jwtOpen: value }])}`;
	packets(connect("token", token(claims, browser)));
	packets(connect("token", token({ ...claims, exp: 1 }, browser)));
	packets(connect("token", token(claims, withLineBreak(browser))));
	packets(connect("session", token(claims, session)));
	packets(connect("session", claim("of a packet")));
	packets(auth(token(claims, claim("a wrong secret"))));
	packets(auth(token({ ...claims, exp: 1 }, browser)));
	packets(
		Array(1100)
			.fill(`3${claim("of a packet")}`)
			.join(SEPARATOR),
	);
	packets(connect("token", "x".repeat(1_100_000)));
	send(`/doc/${DOCUMENT}/c/?EIO=3&transport=polling&x=${claim("of a query")}`, { host });
	send(`/doc/${DOCUMENT}/c/?EIO=4&transport=polling&j=0&x=${claim("of a query")}`, { host });
	send(`/doc/${DOCUMENT}/c/?EIO=4&transport=polling&sid=${claim("of a query")}`, { host });
}
