/**
 * Reads what `npm … --json` printed: an answer, or why there is none.
 */
import type { Ran } from "./run-program.ts";

export interface NpmError {
	/** `ENOTFOUND`, `E405`, `EINTEGRITY`, …; "" if npm gave none. */
	readonly code: string;
	readonly text: string;
}

/** @returns the object that npm printed; `undefined` if it is none */
export function npmJson({ stdout }: Ran): Readonly<Record<string, unknown>> | undefined {
	try {
		const read: unknown = JSON.parse(stdout);
		return typeof read === "object" && read !== null
			? (read as Readonly<Record<string, unknown>>)
			: undefined;
	} catch {
		return undefined;
	}
}

export function npmError(ran: Ran): NpmError {
	const { error, message } = npmJson(ran) ?? {};
	const { code, summary } = Object(error);
	const said = [summary, message, /npm error (?!code |A complete log)(.+)/.exec(ran.stderr)?.[1]];
	const text = said.find((one) => typeof one === "string" && one !== "") ?? "npm said nothing";
	return {
		code: String(code ?? /npm error code (\S+)/.exec(ran.stderr)?.[1] ?? ""),
		text: String(text).split("\n")[0] ?? "",
	};
}

const NO_NETWORK =
	/^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTCACHED|ETIMEDOUT|ERR_SOCKET_TIMEOUT)$/;

/** A package with other bytes than the lock file says is a fault, and no lack of an answer. */
export const isWithoutNetwork = ({ code }: NpmError): boolean => NO_NETWORK.test(code);
