/**
 * Reads the purpose of a token from the shape of its claims.
 *
 * At the server every good token opens every endpoint of its secret: the token in an editor's page also runs the
 * builder. Here a token opens an endpoint if its claims have the shape of that endpoint, or no known shape. A token of
 * another known shape is refused. Shapes: ONLYOFFICE API, Signature, Request and Browser; the server's
 * `fillJwtByConnection` (session tokens), `fillJwtForRequest` (the server's own downloads).
 */
import { isRecord } from "../encoding/json.ts";
import { PURPOSE_OF_ROUTE, PURPOSES, type Purpose, SERVED_PURPOSES } from "../routes/purpose.ts";
import type { RouteId } from "../routes/route.ts";
import { type Claims, mergeClaims } from "./merged-claims.ts";

const SHAPES: Readonly<Record<Purpose, (claims: Claims) => boolean>> = {
	/** `c` names the command. */
	command: ({ c }) => c !== undefined,
	/** The server also takes `fileType` and `outputType`. A download has `fileType` too. */
	conversion: ({ outputtype, outputType, filetype, thumbnail }) =>
		[outputtype, outputType, filetype, thumbnail].some((value) => value !== undefined),
	/** Only builder calls have `argument`. Conversions have `async` too. */
	builder: (claims) =>
		claims.argument !== undefined || (claims.async !== undefined && !SHAPES.conversion(claims)),
	/** The editor's configuration, and the session token that the server makes of it. */
	editor: ({ document, editorConfig, documentType }) =>
		isObject(document) || isObject(editorConfig) || documentType !== undefined,
	download: (claims) =>
		claims.url !== undefined &&
		claims.fileType !== undefined &&
		!isObject(claims.document) &&
		!SHAPES.conversion(claims),
	history: ({ previous, changesUrl, version, key }) =>
		previous !== undefined || changesUrl !== undefined || (version !== undefined && key !== undefined),
	callback: ({ status, key }) => typeof status === "number" && key !== undefined,
	wopi: ({ fileInfo, userAuth }) => isObject(fileInfo) || isObject(userAuth),
};

/**
 * Whether a token of these claims may be used here.
 *
 * @param place the route; or the kind of token, at routes that take several kinds
 */
export function fitsPlace(
	place: RouteId | "session" | "download" | "uploaded conversion",
	claims: Claims,
): boolean {
	// The server reads the token of a download flat, without `payload`.
	if (place === "download") return SHAPES.download(claims);
	const merged = mergeClaims(claims);
	// A conversion of an uploaded file is open at the server, so here claims of no known shape are not enough.
	if (place === "uploaded conversion") return SHAPES.conversion(merged);
	if (place === "session") return !isEditorConfiguration(claims) && fits("editor", merged);
	const purpose = PURPOSE_OF_ROUTE[place];
	if (purpose === undefined) return true;
	if (isDownloadOfServer(claims)) return false;
	// Every callback has this shape, so here too claims of no known shape are not enough.
	return purpose === "callback" ? SHAPES.callback(merged) : fits(purpose, merged);
}

function fits(purpose: Purpose, claims: Claims): boolean {
	return SHAPES[purpose](claims) || !Object.values(SHAPES).some((isOfShape) => isOfShape(claims));
}

/** The purposes that a request serves: those of its route, and each whose shape the token has. */
export function purposesOf(route: RouteId, claims: Claims): readonly Purpose[] {
	const ofRoute = PURPOSE_OF_ROUTE[route];
	if (ofRoute !== undefined) return [ofRoute];
	const merged = mergeClaims(claims);
	return [...(SERVED_PURPOSES[route] ?? []), ...PURPOSES.filter((purpose) => SHAPES[purpose](merged))];
}

/** RFC 7519 §4.1: these say nothing about the purpose of a token. */
const REGISTERED = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]);

/**
 * The token that the server sends with each of its downloads: exactly `{"payload":{"url":…}}`. Every file server
 * receives one. A builder call has `async`, `argument` or `key` as well.
 */
function isDownloadOfServer({ payload, ...others }: Claims): boolean {
	const isAlone = Object.keys(others).every((name) => REGISTERED.has(name));
	return isAlone && isRecord(payload) && Object.keys(payload).join() === "url";
}

/** Integrations write these claims into an editor's page. The server leaves them out of its session tokens. */
function isEditorConfiguration({ document, editorConfig, documentType }: Claims): boolean {
	const { url, fileType, title } = Object(document);
	return [documentType, url, fileType, title, Object(editorConfig).callbackUrl].some(
		(value) => value !== undefined,
	);
}

/**
 * Whether the builder would run the body as a script: it does if the token names no script.
 *
 * @param claims merged
 */
export function runsUnsignedScript(claims: Claims, body: string, bodyIsJson: boolean): boolean {
	return !claims.url && body.trim() !== "" && !bodyIsJson;
}

function isObject(value: unknown): boolean {
	return typeof value === "object" && value !== null;
}
