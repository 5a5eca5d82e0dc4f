/**
 * nginx's `$arg_NAME`: one argument of the query, exactly as it was sent.
 *
 * The first argument with that name and a `=` wins, even with an empty value. Names compare without
 * ASCII case; nothing is percent-decoded; only `&` separates. Source: nginx `ngx_http_arg`.
 */

/**
 * @param args the query without its `?`
 * @param name lower case
 * @returns the raw value, "" when there is none: nginx does not tell the two apart
 */
export function nginxArg(args: string, name: string): string {
	for (const part of args.split("&")) {
		if (part[name.length] === "=" && part.slice(0, name.length).toLowerCase() === name) {
			return part.slice(name.length + 1);
		}
	}
	return "";
}
