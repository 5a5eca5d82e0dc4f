/**
 * Makes a request of a token alone: its purpose tells the endpoint where it belongs.
 */
import type { Purpose } from "../../routes/purpose.ts";
import { claimsOf, purposeOf } from "../token-text.ts";
import { ANY_HOST, type PastedRequest } from "./pasted.ts";

const ENDPOINTS: Readonly<Partial<Record<Purpose, string>>> = {
	command: "/command",
	conversion: "/converter",
	builder: "/docbuilder",
	download: "/downloadfile/key",
	history: "/downloadfile/key",
};

export function requestOfToken(token: string): PastedRequest {
	const claims = claimsOf(token);
	const purpose = purposeOf(claims);
	const headers = [["Authorization", `Bearer ${token}`]] as const;
	if (purpose === "editor" || purpose === "wopi") {
		// The server makes session tokens of editor tokens; they lack the document's URL.
		const isSession = purpose === "editor" && Object(claims.document).url === undefined;
		const packet = `40${JSON.stringify(isSession ? { session: token } : { token })}`;
		const key = String(Object(claims.document).key ?? "key");
		const url = `${ANY_HOST}/doc/${encodeURIComponent(key)}/c/?EIO=4&transport=polling&sid=explain`;
		return { method: "POST", url, headers: [], body: packet, bareToken: true };
	}
	const path = ENDPOINTS[purpose ?? "command"] ?? "/command";
	return { method: "POST", url: ANY_HOST + path, headers, bareToken: true };
}
