/**
 * WOPI: pages in front of a Document Server, proofs in front of a WOPI host. And the Document Server's calls of an
 * integration: callbacks and downloads.
 */
import { prove } from "../../../test/node/support/wopi-signer.ts";
import { bearer, type Kit, withLineBreak } from "./kit.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const POST = "POST";
const FILES = "files.test";

export function sendWopiPages({ send, claim, token, secrets }: Kit): void {
	const page = (host: string, source: string, more = "", access = claim("an access token")) =>
		send(`/hosting/wopi/word/edit?WOPISrc=${encodeURIComponent(source)}${more}`, {
			host,
			method: POST,
			headers: FORM,
			body: `access_token=${access}`,
		});
	const listed = () => `https://wopi.example/wopi/files/${claim("of a WOPI source")}`;
	for (const host of ["wopi.test", "docs.test"]) {
		page(host, listed());
		page(host, `https://evil.test/wopi/files/${claim("of a WOPI source")}`);
		page(host, listed(), `&x=%3C/script%3E${claim("of a query")}`);
		page(host, listed(), "", `%3C${claim("an access token")}`);
		send(`/hosting/wopi/${claim("of a path")}/edit`, { host, method: POST, headers: FORM, body: "x=1" });
		const docId = claim("of a token");
		for (const secret of [secrets.values.JWT_SECRET_BROWSER, claim("a wrong secret")]) {
			const query = `docid=${docId}&token=${token({ docId }, secret)}&targetext=docx&WOPISrc=${encodeURIComponent(listed())}`;
			send(`/hosting/wopi/convert-and-edit-handler?${query}&access_token=${claim("an access token")}`, {
				host,
			});
			send(`/cool/convert-to/pdf?token=${token({ outputtype: "pdf" }, secret)}`, {
				host,
				method: POST,
				body: "x",
			});
		}
	}
}

export function sendWopiProofs({ send, claim, signature, secrets }: Kit, nowMs: number): void {
	const target = () => `/wopi/files/${claim("of a path")}?access_token=${claim("an access token")}`;
	const proven = (at: number) => {
		const path = target();
		const access = new URL(path, "http://x").searchParams.get("access_token") ?? "";
		const headers = prove({ url: `http://${FILES}${path}`, token: access, at }, secrets.proofKey);
		signature("of a proof", headers["X-WOPI-Proof"]);
		return { path, headers };
	};
	for (const at of [nowMs, nowMs - 3_600_000]) {
		const { path, headers } = proven(at);
		send(path, { host: FILES, headers });
		send(target(), { host: FILES, headers });
		send(`/wopi/files/x?x=${claim("of a query")}`, {
			host: FILES,
			headers: { ...headers, "X-WOPI-TimeStamp": claim("of a header") },
		});
	}
	send(target(), { host: FILES });
}

export function sendIntegrationCalls({ send, claim, token, secrets }: Kit): void {
	const { JWT_SECRET_OUTBOX: outbox } = secrets.values;
	const callback = () => ({
		key: claim("of a token"),
		status: 2,
		url: `https://x.test/${claim("of a URL")}`,
	});
	for (const secret of [
		outbox,
		claim("a wrong secret"),
		withLineBreak(outbox),
		secrets.values.ORIGIN_JWT_SECRET_OUTBOX,
	]) {
		const claims = callback();
		send("/track", {
			host: FILES,
			method: POST,
			body: JSON.stringify({ ...claims, token: token(claims, secret) }),
		});
		send("/track", {
			host: FILES,
			method: POST,
			headers: bearer(token({ payload: claims }, secret)),
			body: JSON.stringify(claims),
		});
		const path = `/download/${claim("of a path")}`;
		for (const url of [
			`http://${FILES}${path}`,
			`http://user:${claim("of a URL")}@${FILES}${path}`,
			`http://other.test/${claim("of a URL")}`,
			`http://${FILES}/100%${claim("of a URL")}`,
		])
			send(path, { host: FILES, headers: bearer(token({ payload: { url } }, secret)) });
	}
	const basic = Buffer.from(`user:${claim("a password")}`).toString("base64");
	send("/download/x", { host: FILES, headers: { Authorization: `Basic ${basic}` } });
	send("/track", { host: FILES, method: "PUT", body: "{}" });
	send("/track", { host: FILES, headers: { "X-Original-URL": `/${claim("of a header")}` } });
	send("/track", { host: FILES, method: POST, body: "{}" });
}
