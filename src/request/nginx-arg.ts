/**
 * nginx's `$arg_NAME`: one argument of the query, exactly as it was sent.
 *
 * The first argument with that name and a `=` counts, even with an empty value. The name may be in any ASCII case.
 * Nothing is decoded. Only `&` separates arguments. Source: nginx `ngx_http_arg`.
 */

/**
 * @param args the query without its `?`
 * @param name lower case
 * @returns the value as it was sent; "" if it is empty or absent, as nginx does not tell the two apart
 */
export function nginxArg(args: string, name: string): string {
	for (let start = 0, end: number; start < args.length; start = end + 1) {
		end = args.indexOf("&", start);
		if (end === -1) end = args.length;
		const equals = start + name.length;
		if (args[equals] === "=" && args.slice(start, equals).toLowerCase() === name)
			return args.slice(equals + 1, end);
	}
	return "";
}
