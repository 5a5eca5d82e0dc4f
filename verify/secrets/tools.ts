/**
 * The command lines of `docs-edge` that are searched: every command, with canaries in its files, its environment and its
 * arguments, and with mistakes in them.
 */
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAR_SECONDS } from "./canaries.ts";
import { bearer, type Kit, withLineBreak } from "./requests/kit.ts";

export interface ToolRun {
	readonly args: readonly string[];
	/** Standard input. */
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Another folder, with other files of configuration. */
	readonly folder?: string;
}

const CURL = "curl -X POST https://docs.test/command";
const URI = "/cache/files/data/k/output.docx/a.docx";

/** What people paste: requests in every form and in every state, and texts that cannot be read. */
export function pastedTexts({ token, link, claim, signature, secrets }: Kit): readonly string[] {
	const {
		JWT_SECRET_INBOX: inbox,
		JWT_SECRET_BROWSER: browser,
		SECURE_LINK_SECRET: linkSecret,
	} = secrets.values;
	const claims = () => ({ c: "version", key: claim("of a token"), exp: FAR_SECONDS });
	const tokens = [
		token(claims(), inbox),
		token({ ...claims(), exp: 1 }, inbox),
		token(claims(), claim("a wrong secret")),
		token(claims(), withLineBreak(inbox)),
		token({ document: { key: "k" }, editorConfig: {} }, browser),
		token(claims(), secrets.values.JWT_SECRET_OUTBOX),
		token({ inner: token(claims(), inbox) }, inbox),
	];
	const sha256 = createHmac("sha256", secrets.values.SECURE_LINK_SHA256)
		.update(["GET", "docs.test", FAR_SECONDS, "", URI].join("\n"))
		.digest("base64url");
	const ofTokens = tokens.flatMap((one) => [
		one,
		`Authorization: Bearer ${one}`,
		`${CURL} -H 'Authorization: Bearer ${one}' -d '{"c":"version"}'`,
		`${CURL} -d '{"token":"${one}"}'`,
		`curl 'https://docs.test/doc/k/c/?EIO=4&transport=polling&sid=s' --data-raw '40{"token":"${one}"}'`,
		`fetch("https://docs.test/command", {method: "POST", headers: ${JSON.stringify(bearer(one))}})`,
		`POST /command HTTP/1.1\r\nHost: docs.test\r\nAuthorization: Bearer ${one}\r\n\r\n{"c":"version"}`,
		JSON.stringify({
			log: {
				entries: [
					{
						request: {
							method: "POST",
							url: "https://docs.test/command",
							postData: { text: `{"token":"${one}"}` },
						},
					},
				],
			},
		}),
		JSON.stringify({ token: one }),
		// Mistakes: nothing of the text may come back in the error.
		`${CURL} -H 'Authorization: Bearer ${one}' -d "\${${one}"`,
		`${CURL} -H 'Authorization: Bearer ${one}`,
		`fetch("https://docs.test/command", {headers: {a: "${one}" b}})`,
		`Invoke-WebRequest -Body "${one}"`,
		`{"${one}`,
		`curl -X 'POST ${one}' https://docs.test/command`,
		`${CURL} -H $'Authorization: Bearer ${one}\\nx'`,
		`https://user:${one}@docs.test/command`,
		`curl -H 'Authorization: Bearer ${one}'`,
	]);
	const links = [linkSecret, withLineBreak(linkSecret), claim("a wrong secret")].flatMap((secret) => [
		`https://docs.test${link(URI, secret)}`,
		`https://docs.test${link(URI, secret, 1)}`,
	]);
	return [
		...ofTokens,
		...links,
		`https://docs.test${URI}?sha256=${signature("of a link", sha256)}&expires=${FAR_SECONDS}`,
		`https://wopi.test/hosting/wopi/word/edit?WOPISrc=https://wopi.example/files/1&access_token=${claim("an access token")}`,
		'{"verdict":"refuse","route":"command","reason":"token_signature"}',
		claim("a text that is no request"),
	];
}

/** @param folder with `.dev.vars` and wrangler.toml @param edge URL of a running edge, and of its origin */
export function toolRuns(kit: Kit, folder: string, edge: string, origin: string): readonly ToolRun[] {
	const { claim, secrets, make } = kit;
	const file = (name: string, text: string) => {
		writeFileSync(join(folder, name), text);
		return name;
	};
	const host = ["--host", "docs.test"];
	const explain = pastedTexts(kit).flatMap((text, at) => {
		const more = [[], ["--json"], ["--redact"]][at % 3] ?? [];
		return [
			{ args: ["explain", ...more, ...host, "-"], input: text },
			...(at % 9 === 0
				? [{ args: ["explain", ...host, "--secret", make("secret", "of --secret"), text] }]
				: []),
		];
	});
	const server = {
		secret: {
			inbox: { string: secrets.values.JWT_SECRET_INBOX },
			outbox: { string: make("secret", "of local.json") },
			session: { string: make("secret", "of local.json") },
		},
	};
	const localJson = JSON.stringify({
		services: { CoAuthoring: server },
		storage: { fs: { secretString: secrets.values.SECURE_LINK_SECRET } },
	});
	const local = file("local.json", localJson);
	const broken = file("broken.json", localJson.slice(0, -20));
	const garbled = file("garbled.json", `{"a": ${make("secret", "of a broken file")} }`);
	const conf = file("ds.conf", `set $secure_link_secret ${make("secret", "of ds.conf")};\n`);
	const odd = file("odd.conf", `set $secure_link_secret "${make("secret", "of ds.conf")}" "x\n`);
	const docker = file(
		"docker.env",
		`JWT_SECRET=${make("secret", "of the environment of Docker")}\nJWT_ENABLED=true\n`,
	);
	const inspected = file(
		"docker.json",
		JSON.stringify([{ Config: { Env: [`JWT_SECRET=${make("secret", "of docker inspect")}`] } }]),
	);
	const sources = [
		["--local-json", local],
		["--local-json", broken],
		["--local-json", garbled],
		["--local-json", local, "--ds-conf", conf],
		["--local-json", local, "--ds-conf", odd],
		["--docker-env", docker],
		["--docker-env", inspected],
		["--docker-env", garbled],
	];
	const formats = [[], ["--json"], ["--format", "vars"], ["--format", "secrets"], ["--format", "dev-vars"]];
	const deny = file("deny.json", JSON.stringify({ documents: [claim("of a deny list")] }));
	const invalid = file("invalid.json", `{"documents":["${claim("of a deny list")}"`);
	return [
		...explain,
		...sources.flatMap((source) => formats.map((format) => ({ args: ["import", ...source, ...format] }))),
		{ args: ["import", "--local-json", local, "--server", origin] },
		{ args: ["import", "--local-json", "no-such-file.json"] },
		...[[], ["--json"], ["--sha256"], ["--key", "odd"], ["--key", claim("a name of a key")]].map((more) => ({
			args: ["sign", "link", `https://docs.test${URI}`, ...host, ...more],
		})),
		...["inbox", "browser", "session", "outbox", "status"].map((kind) => ({
			args: ["sign", "token", '{"c":"version"}', "--secret", kind, ...host],
		})),
		{ args: ["sign", "token", `{"c":"${claim("of broken claims")}`, ...host] },
		{ args: ["sign", "token", "--secret", make("secret", "in the place of a kind")] },
		...[[], ["--json"]].flatMap((more) => [
			{
				args: [
					"doctor",
					"--edge",
					edge,
					"--origin",
					origin,
					"--local-json",
					local,
					"--ds-conf",
					conf,
					...host,
					...more,
				],
			},
			{ args: ["doctor", "--edge", edge, "--local-json", broken, ...host, ...more] },
			{ args: ["status", "--edge", edge, ...host, ...more] },
			{ args: ["ready", "--edge", edge, ...host, ...more] },
			{ args: ["status", "--edge", origin, ...host, ...more] },
			{ args: ["ready", "--edge", "http://127.0.0.1:1", ...host, ...more] },
			{ args: ["deny", "list", "--file", invalid, ...more] },
			{ args: ["deny", "add", "--file", deny, "--network", claim("a wrong network"), ...more] },
		]),
		{ args: ["describe", "token_signature"] },
		{ args: ["describe", claim("an unknown name")] },
		{ args: [claim("an unknown command")] },
	];
}
