/**
 * nginx's `$uri` and `$arg_NAME`, and the lenient paths. The other reading goes byte by byte, as nginx's own state machine
 * does, and splits the query into a list.
 */
import { lenientPaths } from "../../../src/request/lenient-paths.ts";
import { nginxArg } from "../../../src/request/nginx-arg.ts";
import { nginxUri } from "../../../src/request/nginx-uri.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorTargets } from "../vectors.ts";

const NAMES = ["md5", "expires", "sha256", "a"];

export const nginxUriTarget: FuzzTarget = {
	name: "nginx uri",
	seeds: () => [...vectorTargets(), "/a/%2e%2E/b/./c//d/..", "/%25%32%65/%u002e/..;x/a. /"],
	// biome-ignore format: a list
	words: [
		"/", "//", "/.", "/./", "/..", "/../", "%2f", "%2F", "%2e", "%2e%2e", "%00", "%", "%zz", "%25",
		"%u0041", "%c3%a9", "?", "&", "=", "md5=", "MD5=", "mD5=", "expires=", "sha256=", "a=", "\\", ";x",
		"%3b", "%ef%bc%8f", " .", "...",
	],
	longest: 12_000,
	bound: { constant: 200_000, perCharacter: 2500 },
	call: (input) => {
		const { path, args } = split(input);
		return [nginxUri(path), NAMES.map((name) => nginxArg(args, name)), lenientPaths(path)];
	},
	check: (input) => {
		const { path, args } = split(input);
		const uri = nginxUri(path);
		hold("the uri is the one that nginx's state machine makes", uri === byteByByte(path));
		for (const name of NAMES)
			hold("the argument is the first one of its name", nginxArg(args, name) === firstOf(args, name));
		const readings = lenientPaths(path) ?? [];
		hold("every lenient path is absolute and has no dot segment", readings.every(isResolved));
		if (uri === undefined) return "400";
		hold("the uri is absolute, and its slashes are merged", /^\/(?!\/)/.test(uri) && !uri.includes("//"));
		hold("the uri has no dot segment", !/\/\.\.?(?:\/|$)/.test(uri));
		hold("an encoded uri is read as the same uri", nginxUri(encode(uri)) === uri);
		return `${uri === path ? "plain" : "changed"} ${Math.min(9, readings.length)} ${/[^ -~]/.test(uri)}`;
	},
};

/** The path begins with a slash and is ASCII: the platform's parser has encoded everything else. */
function split(input: string): { path: string; args: string } {
	const [path = "", args = ""] = input.replace(/[^!-~]/g, "").split(/\?(.*)/s);
	return { path: path.startsWith("/") ? path : `/${path}`, args };
}

const encode = (uri: string): string =>
	uri.replace(/[^/]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);

const isResolved = (path: string): boolean => path.startsWith("/") && !/\/\.\.?(?:\/|$)/.test(path);

/** `ngx_http_parse_complex_uri` with `merge_slashes on`: one pass, the output is cut back at `..`. */
function byteByByte(path: string): string | undefined {
	let uri = "";
	/** What stands behind the last slash. */
	let segment = "";
	const end = (): boolean => {
		if (segment === "..") {
			if (uri === "") return false;
			uri = uri.slice(0, uri.lastIndexOf("/"));
		} else if (segment !== "" && segment !== ".") uri += `/${segment}`;
		return true;
	};
	let character = "";
	for (let at = 1; at < path.length; at++) {
		character = path.charAt(at);
		if (character === "%") {
			const code = /^[\da-f]{2}$/i.test(path.slice(at + 1, at + 3))
				? Number.parseInt(path.slice(at + 1, at + 3), 16)
				: 0;
			if (code === 0) return undefined;
			character = String.fromCharCode(code);
			at += 2;
		}
		if (character !== "/") {
			segment += character;
			continue;
		}
		if (!end()) return undefined;
		segment = "";
	}
	const isFolder = segment === "" || segment === "." || segment === "..";
	if (!end()) return undefined;
	return isFolder || uri === "" ? `${uri}/` : uri;
}

function firstOf(args: string, name: string): string {
	const pairs = args.split("&").map((part) => part.split(/=(.*)/s));
	return pairs.find(([own, value]) => value !== undefined && own?.toLowerCase() === name)?.[1] ?? "";
}
