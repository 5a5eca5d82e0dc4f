/**
 * Headers that replace the path or the method of a request. IIS and PHP frameworks route by them, so a request with
 * one could reach another path than the one that was judged.
 */

/** CGI reads `-` and `_` in a name alike, so any character may stand there. */
const PATH = /^x.(?:original|rewrite).url$/;
const METHOD = /^x.(?:http.method|http.method.override|method.override)$/;

export const overridesPath = (headers: Headers): boolean => hasHeader(headers, PATH);
export const overridesMethod = (headers: Headers): boolean => hasHeader(headers, METHOD);

function hasHeader(headers: Headers, pattern: RegExp): boolean {
	let has = false;
	headers.forEach((_, name) => {
		has ||= pattern.test(name);
	});
	return has;
}
