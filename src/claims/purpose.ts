/**
 * What a token was made for, told by the shape of its claims.
 *
 * At the server every good token opens every place of its secret, so the one in an editor's page also runs
 * the builder. Here a token opens a place if it has that place's shape, or no known shape at all; one of
 * another known shape is refused. Shapes: ONLYOFFICE API, Signature, Request and Browser; the server's
 * `fillJwtByConnection` for session tokens and `fillJwtForRequest` for its own downloads.
 */
import { isRecord } from "../encoding/json.ts";
import type { RouteId } from "../routes/document-server-routes.ts";
import type { Claims } from "../token/verify-token.ts";

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
	/** The server takes `fileType` and `outputType` as well; a download has the first of them too. */
	conversion: ({ outputtype, outputType, filetype, thumbnail }) =>
		[outputtype, outputType, filetype, thumbnail].some((value) => value !== undefined),
	/** `argument` is the builder's alone; `async` a conversion has too. */
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

/**
 * Whether a token may be shown at this place.
 *
 * @param place the route; or what is asked for at routes that take several kinds
 */
export function fitsPlace(
	place: RouteId | "session" | "download" | "uploaded conversion",
	claims: Claims,
): boolean {
	// A download's own token is read flat, a session's members are the server's.
	if (place === "download") return SHAPES.download(claims);
	const merged = mergeClaims(claims);
	// Nothing but its purpose says that a token is for this: one of no known shape is none.
	if (place === "uploaded conversion") return SHAPES.conversion(merged);
	if (place === "session") return !isEditorConfiguration(claims) && fits(["editor"], merged);
	const service = SERVICES[place];
	if (service === undefined) return true;
	if (isDownloadOfServer(claims)) return false;
	// An integration is called for one thing only.
	return service === "callback" ? SHAPES.callback(merged) : fits([service], merged);
}

function fits(purposes: readonly Purpose[], claims: Claims): boolean {
	const isOfShape = (purpose: Purpose) => SHAPES[purpose](claims);
	return purposes.some(isOfShape) || !PURPOSES.some(isOfShape);
}

const PURPOSES = Object.keys(SHAPES) as Purpose[];

/** RFC 7519 §4.1: these say nothing about what a token is for. */
const REGISTERED = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]);

/**
 * The token that the server sends in the header of each of its downloads: exactly `{"payload":{"url":…}}`.
 * Every server of files gets one. A builder call has `async`, `argument` or `key` as well.
 */
function isDownloadOfServer({ payload, ...others }: Claims): boolean {
	const isAlone = Object.keys(others).every((name) => REGISTERED.has(name));
	return isAlone && isRecord(payload) && Object.keys(payload).join() === "url";
}

/** What integrations write into an editor's page. The server leaves all of it out of its session tokens. */
function isEditorConfiguration({ document, editorConfig, documentType }: Claims): boolean {
	const { url, fileType, title } = Object(document);
	return [documentType, url, fileType, title, Object(editorConfig).callbackUrl].some(
		(value) => value !== undefined,
	);
}

/**
 * Whether the builder would run the body itself: it does when the token names no script.
 *
 * @param claims merged
 */
export function runsUnsignedScript(claims: Claims, body: string, bodyIsJson: boolean): boolean {
	return !claims.url && body.trim() !== "" && !bodyIsJson;
}

function isObject(value: unknown): boolean {
	return typeof value === "object" && value !== null;
}
