/**
 * Headers that replace the path or the method of a request. IIS and PHP frameworks route by these headers, so a judged
 * request could reach another path or act as another method.
 */

/** CGI turns every character but letters and digits into `_`. So the patterns allow any character there. */
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
