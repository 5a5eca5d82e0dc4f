/**
 * Generates how a request announces its body. Some ways hide a second request in the body, or behind it: a reader that
 * takes another length sees it.
 */
import { weighted } from "./edits.ts";

/** A request without a credential, in the place where a second reader may see its start. */
const HIDDEN =
	"POST /command HTTP/1.1\r\nHost: edge.test\r\nX-Case: {case}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
const chunked = (body: string) => `${body && `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
/** Headers that announce the body, and the bytes behind the head. The usual ones come first. */
export const FRAMINGS = weighted<(body: string) => readonly [headers: readonly string[], rest: string]>(
	[30, (body) => [body === "" ? [] : [`Content-Length: ${body.length}`], body]],
	[3, (body) => [[`Content-Length: ${body.length}`], body]],
	[3, (body) => [["Transfer-Encoding: chunked"], chunked(body)]],
	[1, (body) => [[`Content-Length: ${body.length}`], body + HIDDEN]],
	[1, () => [[`Content-Length: ${HIDDEN.length}`], HIDDEN]],
	[
		1,
		(body) => [
			["Transfer-Encoding: chunked", `Content-Length: ${chunked(body).length}`],
			chunked(body) + HIDDEN,
		],
	],
	[1, (body) => [["Content-Length: 4", "Transfer-Encoding: chunked"], chunked(body) + HIDDEN]],
	[1, (body) => [["Transfer-Encoding: xchunked"], chunked(body) + HIDDEN]],
	[1, (body) => [["Transfer-Encoding : chunked"], chunked(body) + HIDDEN]],
	[1, (body) => [["Transfer-Encoding:\tchunked, identity"], chunked(body) + HIDDEN]],
	[1, (body) => [["Content-Length: 0", `Content-Length: ${body.length + HIDDEN.length}`], body + HIDDEN]],
	[1, (body) => [[`Content-Length: +${body.length}`], body + HIDDEN]],
	[1, (body) => [["X: y\r\n Content-Length: 5"], body + HIDDEN]],
	[1, (body) => [["X: y\nContent-Length: 0\n"], body + HIDDEN]],
	[
		1,
		(body) => [
			["Transfer-Encoding: chunked"],
			`${chunked(body).replace("0\r\n\r\n", "0;x=y\r\nAuthorization: Bearer x\r\n\r\n")}${HIDDEN}`,
		],
	],
	[1, (body) => [["Expect: 100-continue", `Content-Length: ${body.length}`], body + HIDDEN]],
);
