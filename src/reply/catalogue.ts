/**
 * The meaning of every reason, and what to do about it. The tables in the documents, `docs-edge explain` and the
 * inspector all take their texts from here.
 *
 * A reason without its text does not compile. The Worker does not import this file, and `reply.ts` chooses the status.
 * The texts are Markdown.
 */
import type { Fault, Reason } from "../verdict.ts";

export interface ReasonText {
	readonly meaning: string;
	readonly whatToDo: string;
}

export const REASONS: Readonly<Record<Reason | Fault, ReasonText>> = {
	link_unsigned: {
		meaning: "`md5` or `expires` is missing.",
		whatToDo: "Use the whole link, with its query. If it has none, it is not a link of this server.",
	},
	link_malformed: {
		meaning: "`md5` is not base64url of 16 bytes, or `expires` is not a positive number.",
		whatToDo: "Look for a proxy, mail client or script that rewrites the link.",
	},
	link_mismatch: {
		meaning: "The link was signed with another secret, or for another path or expiry.",
		whatToDo:
			"After an upgrade or a restart, compare `storage.fs.secretString` in local.json with `SECURE_LINK_SECRET`.",
	},
	link_lifetime: {
		meaning: "The link is good, but expires later than `MAX_LINK_LIFETIME_SECONDS` allows.",
		whatToDo: "Raise the limit if the server signs such links itself.",
	},
	link_network: {
		meaning: "The link is good, but was signed for clients of another network.",
		whatToDo: "Sign the link for the network of the client that opens it, or without a network.",
	},
	link_expired: {
		meaning: "The link is signed well and has expired.",
		whatToDo: "Open the document again for a new link. If the link is new, compare the clocks.",
	},
	token_missing: {
		meaning: "There is no token where the server looks: body, then query (without a JSON body), then header.",
		whatToDo: "Turn on JWT in the integration, and check that no proxy drops the header.",
	},
	token_too_long: {
		meaning: "The token is longer than `MAX_TOKEN_BYTES`.",
		whatToDo: "Raise `MAX_TOKEN_BYTES` if the integration really sends such tokens.",
	},
	token_malformed: {
		meaning: "The value is not a JWT: three parts of base64url.",
		whatToDo: "Look for a second `Bearer`, padding (`=`) or white space.",
	},
	token_algorithm: {
		meaning: "The token is signed with another algorithm than HS256, HS384 or HS512.",
		whatToDo: "Let the integration sign with HS256.",
	},
	token_signature: {
		meaning: "The token is signed with another secret.",
		whatToDo: "Compare the integration's secret with the server's. `docs-edge explain` finds near misses.",
	},
	token_claims: {
		meaning: "`exp` or `nbf` is not a number, or the payload is empty.",
		whatToDo: "Let the integration write times as numbers of seconds.",
	},
	token_not_yet_valid: {
		meaning: "`nbf` is in the future.",
		whatToDo: "Compare the clocks of the integration and of the edge.",
	},
	token_expired: {
		meaning: "`exp` has passed.",
		whatToDo: "Reload the page for a new token. If the token is new, compare the clocks.",
	},
	token_purpose: {
		meaning: "The token is good, but was made for something else.",
		whatToDo:
			'Sign the parameters of this very call. A builder call has `async`, `argument` or `key`; `{"payload":{"url":…}}` alone is what the server sends with its own downloads. Or set `TOKEN_PURPOSE`.',
	},
	script_unsigned: {
		meaning: "The body holds a builder script that the token does not name.",
		whatToDo: "Put the script's `url` into the token, or set `ALLOW_UNSIGNED_SCRIPT`.",
	},
	advisory: {
		meaning: "The request uses a known hole of the Document Server's version. `X-Edge-Advisory` names it.",
		whatToDo: "Upgrade the Document Server, then `DS_VERSION`. `ADVISORIES` turns these rules off.",
	},
	token_lifetime: {
		meaning: "The token is good, but has no `exp`, or is older than allowed.",
		whatToDo: "Let the integration set `exp`, or change `REQUIRE_EXP` or `MAX_TOKEN_AGE_SECONDS`.",
	},
	token_url_host: {
		meaning: "The token is good, but names a host that is not in `ALLOWED_URL_HOSTS`.",
		whatToDo: "Add the host, with its port if it is not the scheme's own.",
	},
	token_url: {
		meaning: "The token of a download names another URL than the one that was called.",
		whatToDo:
			"Call the integration by the URL that it gives out: no redirect, the same host and scheme in front of the edge.",
	},
	token_url_encoding: {
		meaning: "The token of a download names another URL, and `document.url` has a `%` that begins no escape.",
		whatToDo: "Let the integration write `%` as `%25` in `document.url`.",
	},
	token_url_userinfo: {
		meaning: "`document.url` has `user:password@`. The server sends that in the place of its token.",
		whatToDo: "Let the integration leave `user:password@` out of `document.url`.",
	},
	token_document: {
		meaning:
			"The session token is good, but of another document than the path, `cmd.id` or `cmd.savekey` name.",
		whatToDo: "Reload the editor. If a real editor does this, set `BIND_DOCUMENT` to `false` and report it.",
	},
	token_permission: {
		meaning: "The session token belongs to a user who may only read, or may not download.",
		whatToDo: "Change the permissions in the integration, which gives them out.",
	},
	cmd_malformed: {
		meaning:
			"The `cmd` of `/downloadas` or `/savefile` is not JSON, or its `format` is not a file extension.",
		whatToDo: "Look for a proxy or script that changes the query.",
	},
	socket_version: {
		meaning: "The request speaks another version of engine.io than 4.",
		whatToDo: "Use a client of the server's own version.",
	},
	socket_request: {
		meaning:
			"The request uses JSONP, or `sid`, `EIO` or `transport` in a way that versions of engine.io read differently.",
		whatToDo: "Use the editor's own client.",
	},
	socket_packets: {
		meaning:
			"There are more packets, frames or tokens than `MAX_POLLING_PACKETS`, `MAX_FRAMES_BEFORE_CONNECT` or `MAX_POLLING_CREDENTIALS` allow.",
		whatToDo: "Raise the limit only if a real editor meets it.",
	},
	socket_packet_size: {
		meaning: "A packet or frame in which a token is searched is longer than `MAX_SOCKET_PACKET_BYTES`.",
		whatToDo: "Raise the limit only if a real editor meets it.",
	},
	socket_packet: {
		meaning: "A packet came before CONNECT. The server ends such a socket too.",
		whatToDo: "Use the editor's own client.",
	},
	socket_connected: {
		meaning: "A second CONNECT came. The server ends such a socket too.",
		whatToDo: "Use the editor's own client.",
	},
	socket_timeout: {
		meaning: "No token was accepted within `SOCKET_CONNECT_SECONDS`.",
		whatToDo: "Look at the refusals before it in the log.",
	},
	path_closed: {
		meaning:
			'Only the server\'s own host may call `/internal` and `/info`. With `EXPOSURE = "public"`, other routes are closed too.',
		whatToDo: "Call it on the server itself. `OPEN_ROUTES` opens a route that `EXPOSURE` closes.",
	},
	wopi_closed: {
		meaning: "The WOPI route is closed: `WOPI_HOSTS` is empty, or the server has no such page.",
		whatToDo: "List your WOPI hosts in `WOPI_HOSTS`, if you use WOPI.",
	},
	wopi_source: {
		meaning: "The WOPI source names a host that is not in `WOPI_HOSTS`, or could be read in two ways.",
		whatToDo: "List the host with its port. Write the source without query, user and dot segments.",
	},
	wopi_text: {
		meaning: "The query or form of a WOPI page contains `<` where the page would print it into a script.",
		whatToDo: "Let the WOPI host leave `<` out of its parameters.",
	},
	wopi_proof_missing: {
		meaning: "The request has neither `X-WOPI-Proof` nor `X-WOPI-ProofOld`.",
		whatToDo:
			"Set both `wopi.privateKey` and `wopi.privateKeyOld` at the server. Paths of `FileUrl` belong in `WOPI_FILE_URL_PATHS`.",
	},
	wopi_proof_malformed: {
		meaning:
			"`X-WOPI-TimeStamp` is not a number of 18 or 19 digits, or the query has not exactly one plain `access_token`.",
		whatToDo: "Look for a proxy that changes headers or the query.",
	},
	wopi_proof_signature: {
		meaning: "No key fits: the server signed another URL, or the keys are another server's.",
		whatToDo: "Run `docs-edge explain` on the request, then `docs-edge import --discovery`.",
	},
	wopi_proof_expired: {
		meaning: "The time stamp is older than 20 minutes, or more than 5 minutes ahead.",
		whatToDo: "Compare the clocks. If they agree, the request was sent again.",
	},
	path_ambiguous: {
		meaning:
			"Two readers would take the path for two routes: too many layers of encoding, `..` behind an encoded backslash, a spelling that only a rewriting proxy takes to a protected route. On an integration also `X-Original-URL` and `X-Rewrite-URL`.",
		whatToDo: "Write the path plainly. The Document Server answers 404 to these spellings.",
	},
	path_outside_prefix: {
		meaning: "The host is served under `FORWARDED_PREFIX`, and the path is not.",
		whatToDo: "Call the URL with the virtual path, or correct `FORWARDED_PREFIX`.",
	},
	target_malformed: {
		meaning: "nginx refuses this URL: a bad escape, `%00`, `..` above the root, a malformed host.",
		whatToDo: "Look for a client or proxy that encodes the URL wrongly.",
	},
	target_too_long: {
		meaning: "The request line is longer than 8192 bytes, nginx's limit.",
		whatToDo: "Send a long token in the body or header instead of the query.",
	},
	method_not_allowed: {
		meaning: "TRACE or CONNECT; or on a protected path of an integration, another method than the route's.",
		whatToDo: "POST to `CALLBACK_PATHS`, GET or HEAD to `DOWNLOAD_PATHS`.",
	},
	body_too_large: {
		meaning:
			"A body that may hold the token is longer than `MAX_BODY_BYTES`; or a polling request is longer than 8 MiB.",
		whatToDo: "Raise `MAX_BODY_BYTES` if the integration really sends such bodies.",
	},
	body_coding_unsupported: {
		meaning: "A body that may hold the token has another content coding than gzip or deflate.",
		whatToDo: "Send it uncompressed.",
	},
	body_undecodable: {
		meaning: "The body is not what its `Content-Encoding` says, or broke off.",
		whatToDo: "Look for a proxy that changes bodies or headers.",
	},
	body_length_missing: {
		meaning:
			"A GET brings its body in chunks, and the body may hold the token. The platform cannot forward it.",
		whatToDo: "Send a POST, or announce `Content-Length`.",
	},
	client_stalled: {
		meaning: "The client stopped for `CLIENT_STALL_SECONDS` in the middle of its body.",
		whatToDo: "Look at the client's line: it is too slow, or broke.",
	},
	body_incomplete: {
		meaning: "The client's body broke off on its way to the Document Server.",
		whatToDo: "Look at the client's line: the client went away.",
	},
	denied_network: {
		meaning: "The deny list names the client's network.",
		whatToDo: "`docs-edge deny list` shows the rule. The network is in `networks`.",
	},
	denied_key: {
		meaning: "The credential is good, and the deny list names its key.",
		whatToDo: "Give the integration a new secret, or take the key out of `keys`.",
	},
	denied_issue_time: {
		meaning:
			"The token is good, but its `iat` is before the time that the deny list sets for its key, or is missing.",
		whatToDo: "Get a new token: reload the editor. The time is `issuedBefore` in `keys`.",
	},
	denied_document: {
		meaning: "The credential is good, and the deny list names the document.",
		whatToDo: "Take the document's key out of `documents`.",
	},
	denied_host: {
		meaning: "The credential is good, and the deny list names the host or the tenant.",
		whatToDo: "Take the host out of `hosts`.",
	},
	denied_purpose: {
		meaning: "The credential is good, and the deny list names what it is for.",
		whatToDo: "Take the purpose out of `purposes`.",
	},
	lockdown: {
		meaning:
			"All protected routes are closed: the deny list has `lockdown`, and the client is not in `allowNetworks`.",
		whatToDo: "End it with `docs-edge stop --end`, or take `lockdown` out of `DENY`.",
	},
	deny_list_unavailable: {
		meaning: "A deny list could not be read, and `DENY_FAIL` is `closed`.",
		whatToDo:
			"Look into the log: it names the list and the entry. The edge reads `DENY_LIST` again every 30 seconds.",
	},
	rate_limited: {
		meaning:
			"The key made more calls than `LIMIT_CALLS` allows, or the client's address exceeds `LIMIT_REFUSED` or `LIMIT_SOCKETS`.",
		whatToDo: "Wait for `Retry-After`. Raise the limit if real clients meet it.",
	},
	host_unknown: {
		meaning: "The hostname is not in `HOSTS` and is no tenant.",
		whatToDo: "Add it to `HOSTS`, or remove the route that leads it to this Worker.",
	},
	edge_misconfigured: {
		meaning: "A binding is missing or invalid.",
		whatToDo: "Look into the log: it names the binding. `npx wrangler tail`",
	},
	edge_loop: {
		meaning:
			"The request has been through three edges: `ORIGIN` leads back to the edge, or a client sent `X-Edge-Hops`.",
		whatToDo: "Set `ORIGIN` to the server behind the edge, not to the public hostname.",
	},
	origin_unreachable: {
		meaning: "The request was good, but the Document Server could not be reached.",
		whatToDo: "Check `ORIGIN`, DNS and the server's firewall.",
	},
	origin_timeout: {
		meaning:
			"The request was good, but no response began within `ORIGIN_TIMEOUT_SECONDS`, or `ORIGIN_FILE_TIMEOUT_SECONDS`.",
		whatToDo: "Look at the server's load. Send long conversions with `async`.",
	},
	origin_down: {
		meaning:
			"The request was good, but the Document Server failed five times in a row and does not answer the edge's own question (`/healthcheck`). The edge leaves it alone for ten seconds.",
		whatToDo: "Look at the server. The edge tries it again by itself.",
	},
};
