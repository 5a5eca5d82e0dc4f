/**
 * What a token was made for, told by the shape of its claims.
 *
 * At the server every token of the inbox secret opens every service, so the one in an editor's page also
 * runs the builder. Here a token opens a service if it has that service's shape, or no known shape at all;
 * one of another known shape is refused. Shapes: ONLYOFFICE API, Signature, Request and Browser.
 */
import { parseJson } from "../json.ts";
import type { RouteId } from "../policy/routes.ts";
import type { Claims } from "./token.ts";

export type Purpose =
	| "command"
	| "conversion"
	| "builder"
	| "editor"
	| "download"
	| "history"
	| "callback"
	| "wopi";

const SHAPES: Readonly<Record<Purpose, (claims: Claims) => boolean>> = {
	/** `c` names the command. */
	command: ({ c }) => c !== undefined,
	conversion: ({ outputtype, filetype, thumbnail }) =>
		outputtype !== undefined || filetype !== undefined || thumbnail !== undefined,
	/** `argument` is the builder's alone; `async` a conversion has too. */
	builder: ({ async, argument, outputtype, filetype }) =>
		argument !== undefined || (async !== undefined && outputtype === undefined && filetype === undefined),
	/** The editor's configuration, and the session token that the server makes of it. */
	editor: ({ document, editorConfig, documentType }) =>
		isObject(document) || isObject(editorConfig) || documentType !== undefined,
	download: ({ url, fileType, document }) =>
		url !== undefined && fileType !== undefined && !isObject(document),
	history: ({ previous, changesUrl, version, key }) =>
		previous !== undefined || changesUrl !== undefined || (version !== undefined && key !== undefined),
	callback: ({ status, key }) => typeof status === "number" && key !== undefined,
	wopi: ({ fileInfo, userAuth }) => isObject(fileInfo) || isObject(userAuth),
};

const SERVICES: Readonly<Partial<Record<RouteId, Purpose>>> = {
	command: "command",
	convert: "conversion",
	builder: "builder",
	callback: "callback",
};

/** Flat claims, then those under `payload`, then those under `query`: as the server lays them over. */
export function mergeClaims(claims: Claims): Claims {
	if (!claims.payload && !claims.query) return claims;
	return { ...claims, ...Object(claims.payload), ...Object(claims.query) };
}

/** @param claims merged */
export function fitsService(route: RouteId, claims: Claims): boolean {
	const service = SERVICES[route];
	if (service === undefined || SHAPES[service](claims)) return true;
	// An integration is called for one thing only.
	return service !== "callback" && !Object.values(SHAPES).some((isOfShape) => isOfShape(claims));
}

/**
 * Whether the builder would run the body itself: it does when the token names no script.
 *
 * @param claims merged
 */
export function runsUnsignedScript(claims: Claims, body: string): boolean {
	return !claims.url && body.trim() !== "" && parseJson(body) === undefined;
}

function isObject(value: unknown): boolean {
	return typeof value === "object" && value !== null;
}
