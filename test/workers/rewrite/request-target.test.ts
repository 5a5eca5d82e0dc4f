/**
 * The path and query that are sent to the origin. Protects against an accepted request that becomes another one on its
 * way, because its path is written differently.
 */
import { describe, expect, it } from "vitest";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { requestTarget } from "../../../src/rewrite/request-target.ts";

const sent = (url: string, query?: string) =>
	requestTarget(readTarget({ method: "GET", url: `https://edge.test${url}` }) as Target, query);

it.each([["/a%2fb//c?x=%20&y"], ["/a"], ["/9.1.0-1/a%5cb%3fx=1"], ["/9.1.0-1/a?x=1"]])(
	"without a new query, %s stays as it is",
	(url) => expect(sent(url)).toBe(url),
);

describe("with a new query", () => {
	it.each([
		["/a%2fb//c?x=1", "/a%2fb//c?new=1"],
		["/a", "/a?new=1"],
		["/9.1.0-1/a%2fb?x=1", "/9.1.0-1/a%2fb?new=1"],
		["/9.1.0-1/a%3fx=1", "/9.1.0-1/a?new=1"],
		["/9.1.0-1/a%23x?y=1", "/9.1.0-1/a?new=1"],
		["/9.1.0-1/a%5cb%3fx=1", "/9.1.0-1/a%5cb?new=1"],
		["/9.1.0-1/%01%09%20%7f%c3%a9%3fx=1", "/9.1.0-1/%01%09%20%7f%c3%a9?new=1"],
		["/9.1.0-1/A_z.9~-/%3fx=1", "/9.1.0-1/A_z.9~-/?new=1"],
		["/9.1.0-1/a%25b%3fx=1", "/9.1.0-1/a%25b?new=1"],
		["/9.1.0-1/a%3fx=1?y=2", "/9.1.0-1/a?new=1"],
	])("%s becomes %s", (url, expected) => expect(sent(url, "new=1")).toBe(expected));
});
