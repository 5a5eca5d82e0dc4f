/**
 * Known holes of packages that stay at the Document Server's version, and why they do not open the edge. An upgrade would
 * close them, and would read some requests in another way than the server.
 *
 * A test proves what is said here of the parser.
 */
export const ACCEPTED_ADVISORIES: Readonly<Record<string, string>> = {
	"GHSA-6rw7-vpxm-498p": "qs, long arrays: the parser takes 1,000 parameters, so no array is longer",
	"GHSA-w7fw-mjwx-w883": "qs, long arrays with the option comma: the edge does not set it",
	"GHSA-x5fp-wj9c-mxmx": "qs, long arrays with the option comma: the edge does not set it",
	"GHSA-q8mj-m7cp-5q26": "qs, stringify: the bundle has only the parser",
	"GHSA-4mjr-xmp4-gh2g": "qs, stringify: the bundle has only the parser",
};
