/**
 * Targets that are refused before a credential is looked at, and requests of the edge's own endpoints.
 */
import { bearer, type Kit } from "./kit.ts";

export function sendTargets({ send, claim, token, secrets }: Kit): void {
	const query = () => `?x=${claim("of a query")}`;
	send(`/%zz${query()}`);
	send(`/${"a".repeat(9000)}${query()}`);
	send("/web-apps/x.js", { method: "TRACE" });
	send(`/internal/${claim("of a path")}${query()}`);
	send(`/comm%61nd${query()}`, { method: "POST", body: "{}" });
	send(`/web-apps/${claim("of a path")}${query()}`);
	send(`/other${query()}`, { host: "prefix.test" });
	send(`/ds/web-apps/x.js${query()}`, { host: "prefix.test" });
	send(`/example/${query()}`, { host: "public.test" });
	send(`/web-apps/x.js${query()}`, { host: "nobody.test" });
	send(`/web-apps/x.js${query()}`, { headers: { "X-Edge-Hops": "9" } });
	for (const host of ["silent.test", "dead.test", "wrong-origin.test"]) {
		send(`/web-apps/x.js${query()}`, { host });
		send(`/downloadas/x${query()}`, { host, method: "POST", body: "{}" });
	}

	const status = () => token({}, secrets.values.STATUS_SECRET);
	for (const host of ["docs.test", "acme.test", "shadow.test", "files.test"]) {
		for (const path of ["health", "status", "ready", claim("of a path")]) {
			send(`/.edge/${path}${query()}`, { host });
			send(`/.edge/${path}`, { host, headers: bearer(status()) });
			send(`/.edge/${path}`, { host, headers: bearer(token({}, claim("a wrong secret"))) });
		}
	}
}

/** Every host with a canary in the place of a value: its protected and its open routes. */
export function sendMisplaced({ send, token, link, secrets, claim }: Kit, hosts: readonly string[]): void {
	const { JWT_SECRET_INBOX, SECURE_LINK_SECRET, STATUS_SECRET } = secrets.values;
	for (const host of hosts) {
		const headers = bearer(token({ c: "version" }, JWT_SECRET_INBOX));
		send("/command", { host, method: "POST", headers, body: "{}" });
		send(link(`/cache/files/data/${claim("of a path")}/a.docx`, SECURE_LINK_SECRET), { host });
		send(`/web-apps/x.js?x=${claim("of a query")}`, { host });
		send("/.edge/status", { host, headers: bearer(token({}, STATUS_SECRET)) });
	}
}
