/**
 * Makes the platform's request of a pasted one, and prints bytes of it.
 */
import type { PastedRequest } from "../paste/pasted.ts";

/** `Request` allows no body with GET or HEAD. A pasted body is left out, although the server would read it. */
export function toRequest({ method, url, headers, body }: PastedRequest): Request {
	const isBodiless = method === "GET" || method === "HEAD";
	const safe = URL.canParse(url) ? url : "http://edge.invalid/";
	try {
		return new Request(safe, {
			method,
			// A client sends bytes, and the platform reads one character per byte.
			headers: headers.map(([name, value]): [string, string] => [
				name,
				Buffer.from(value, "utf8").toString("latin1"),
			]),
			...(!isBodiless && body !== undefined && { body }),
		});
	} catch {
		// The error of the platform repeats the method, the header or the URL, which may hold a credential.
		throw new Error(
			"that request cannot be sent: HTTP does not allow its method, one of its headers, or the password in its URL",
		);
	}
}

/** Shows bytes as UTF-8, and escapes control characters: raw ones would reach the operator's terminal. */
export function printable(bytes: string): string {
	return JSON.stringify(Buffer.from(bytes, "latin1").toString("utf8")).slice(1, -1);
}
