/**
 * `readTarget` and `findRoute`. The platform's URL parser is the other reading: the quick path of `readTarget` leaves it
 * out. A request that was forwarded and read again has to be the same request, on the same route.
 */
import { documentSegments } from "../../../src/request/document-segments.ts";
import { insidePrefix, readTarget, type Target } from "../../../src/request/target.ts";
import { requestTarget } from "../../../src/rewrite/request-target.ts";
import { findByExposure } from "../../../src/routes/find-by-exposure.ts";
import { findRoute } from "../../../src/routes/find-route.ts";
import { readSocketRequest } from "../../../src/socket/handshake.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorRequests } from "../vectors.ts";

export const requestTargetTarget: FuzzTarget = {
	name: "target",
	seeds: () => [
		...vectorRequests(),
		"GET https://docs.example.com/ds/9.1.0-2/cache/files/data/k/o.docx/o.docx?md5=a&expires=1",
		"GET http://[::1]:8080/doc/k/c/?EIO=4&transport=websocket&sid=a",
		"TRACE https://docs.example.com/",
		"GET https://docs.example.com/doc/..%2fexample/",
		"GET https://docs.example.com/%69nternal/%2525%2e%2e/",
	],
	// biome-ignore format: a list
	words: [
		"GET ", "POST ", "HEAD ", "OPTIONS ", "CONNECT ", "https://", "http://", "docs.example.com",
		"[::1]", "user:pw@", ":443", "/cache/files/", "/storage-cache/files/", "/9.1.0-2", "/9.1.0|x",
		"/internal", "/info", "/command", "/downloadfile/", "/hosting/wopi/word/edit", "/doc/", "/c/",
		"/example", "/ai-proxy/", "/../", "/./", "//", "%2e%2e", "%2f", "%5c", "%00", "%25", "%252f",
		"%u002f", "%e2%80%ae", "%ef%bc%8f", "%c5%bf", ";a=b", "?", "#", "%3f", "%23", "%0a", "\\", "%20",
		"EIO=4", "transport=polling", "transport=websocket", "sid=", "&j=0", "md5=", "expires=4102444800",
		"token=",
	],
	longest: 12_000,
	bound: { constant: 200_000, perCharacter: 2500 },
	call: (input) => {
		const target = readTarget(requestOf(input));
		return "ok" in target ? target : [findRoute(target), findByExposure(target)];
	},
	check,
};

function requestOf(input: string): { method: string; url: string } {
	const space = input.indexOf(" ");
	return { method: input.slice(0, space + 1).trim(), url: input.slice(space + 1) };
}

function check(input: string): string {
	const request = requestOf(input);
	const target = readTarget(request);
	const parsed = URL.parse(request.url);
	if ("ok" in target) return target.reason;
	// The platform serves nothing else.
	if (!/^https?:$/.test(target.site.protocol)) return "another scheme";
	hold("the path is the one that the platform's parser finds", target.path === parsed?.pathname);
	hold("the query is the one that the platform's parser finds", target.args === parsed?.search.slice(1));
	hold("the site is the one that the platform's parser finds", target.site.url === parsed?.origin);

	const url = target.site.url + requestTarget(target, undefined);
	const again = readTarget({ method: request.method, url });
	hold("a forwarded request is read alike", !("ok" in again) && isSame(target, again));
	const [route, routeAgain] = [target, "ok" in again ? target : again].map((one) => {
		const match = findRoute(one);
		return "ok" in match ? match.reason : `${match.route.id} ${match.documentKey === "" ? "" : "document"}`;
	});
	hold("a forwarded request has the same route", route === routeAgain);
	const exposed = findByExposure(target)?.id ?? "";
	const inside = insidePrefix(target, "/ds");
	const socket = readSocketRequest(target, "websocket");
	return [
		route,
		exposed,
		"ok" in inside ? "outside" : "inside",
		"ok" in socket ? socket.reason : socket.way,
		target.versionPrefix === "" ? "" : "version",
		documentSegments(target.canonical).length,
	].join(" ");
}

const isSame = (a: Target, b: Target): boolean =>
	a.path === b.path &&
	a.uri === b.uri &&
	a.args === b.args &&
	a.canonical === b.canonical &&
	a.docService.path === b.docService.path &&
	a.docService.query === b.docService.query;
