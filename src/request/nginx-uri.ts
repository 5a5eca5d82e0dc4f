/**
 * nginx's `$uri`: the path decoded once, double slashes merged, dot segments resolved.
 *
 * Input and output are "binary strings": one character per byte (0x00-0xff). nginx signs bytes and never looks at
 * their encoding. Source: nginx `ngx_http_parse_complex_uri`, `merge_slashes on`.
 */

const NEEDS_DECODING = /%|\/\/|\/\./;
const ESCAPE = /%([0-9a-f]{2})?/gi;

/**
 * @param path not decoded: ASCII, starts with `/`, without query
 * @returns `undefined` where nginx answers 400: a bad escape, `%00`, `..` above the root
 */
export function nginxUri(path: string): string | undefined {
	if (!NEEDS_DECODING.test(path)) return path;
	const decoded = decodeOnce(path);
	return decoded === undefined ? undefined : resolveSegments(decoded);
}

function decodeOnce(path: string): string | undefined {
	let valid = true;
	const decoded = path.replace(ESCAPE, (_, hex: string | undefined) => {
		if (hex === undefined || hex === "00") valid = false;
		return String.fromCharCode(Number.parseInt(hex ?? "0", 16));
	});
	return valid ? decoded : undefined;
}

/** nginx merges slashes before it resolves dots: `/a//../b` is `/b` (RFC 3986 §5.2.4 would give `/a/b`). */
function resolveSegments(decoded: string): string | undefined {
	const segments = decoded.split("/");
	const last = segments.at(-1);
	const resolved: string[] = [];
	for (const segment of segments) {
		if (segment === "" || segment === ".") continue;
		if (segment !== "..") resolved.push(segment);
		else if (resolved.pop() === undefined) return undefined;
	}
	const endsInSlash = last === "" || last === "." || last === "..";
	return resolved.length === 0 ? "/" : `/${resolved.join("/")}${endsInSlash ? "/" : ""}`;
}
