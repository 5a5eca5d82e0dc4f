/**
 * Shows a token as a person reads it: header, claims, times as dates, purpose. Never the signature; values that are tokens
 * themselves are cut.
 */
import { mergeClaims } from "../claims/merged-claims.ts";
import { purposesOf } from "../claims/purpose.ts";
import { isRecord, parseJson } from "../encoding/json.ts";
import type { Purpose } from "../routes/purpose.ts";

type Claims = Readonly<Record<string, unknown>>;

export const headerOf = (token: string): Claims => decodePart(token.split(".")[0]);
export const claimsOf = (token: string): Claims => decodePart(token.split(".")[1]);

function decodePart(part = ""): Claims {
	const value = parseJson(Buffer.from(part, "base64url").toString("utf8"));
	return isRecord(value) ? value : {};
}

/** @returns the purpose that its shape tells; `undefined` for no known shape */
export const purposeOf = (claims: Claims): Purpose | undefined => purposesOf("open", claims)[0];

/** A token of the server, of a WOPI host, or of anything else. */
const TOKEN = /[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

/** The claims as JSON. With `redact`, texts and numbers that are no times become `…`. */
export function printClaims(claims: Claims, redact: boolean): string {
	const times = new Set(TIME_CLAIMS);
	return JSON.stringify(claims, (name, value: unknown) => {
		if (typeof value === "string") return redact ? "…" : value.replace(TOKEN, "<token>");
		return typeof value === "number" && redact && !times.has(name) ? "…" : value;
	});
}

const TIME_CLAIMS = ["iat", "nbf", "exp"];

export interface TokenTime {
	readonly name: string;
	/** ISO 8601; the value itself where it is no time. */
	readonly date: string;
	readonly says: string;
}

export const timesOf = (claims: Claims, nowSeconds: number): TokenTime[] =>
	TIME_CLAIMS.flatMap((name) => {
		const value = mergeClaims(claims)[name];
		return value === undefined ? [] : [{ name, ...describeTime(value, nowSeconds, name === "exp") }];
	});

export function describeTime(
	value: unknown,
	nowSeconds: number,
	isExpiry: boolean,
): { date: string; says: string } {
	if (typeof value !== "number") return { date: JSON.stringify(value), says: "is no number of seconds" };
	const date = new Date(value * 1000);
	if (Number.isNaN(date.getTime())) return { date: String(value), says: "is no time" };
	const distance = humanDistance(Math.abs(value - nowSeconds));
	const isPast = value < nowSeconds;
	const says = isPast
		? `${isExpiry ? "expired " : ""}${distance} ago`
		: `${isExpiry ? "expires " : ""}in ${distance}`;
	return { date: date.toISOString().replace(".000Z", "Z"), says };
}

const UNITS = [
	["year", 31_557_600],
	["day", 86_400],
	["hour", 3600],
	["minute", 60],
] as const;

/** `3 days`, `90 seconds`. */
export function humanDistance(seconds: number): string {
	const [unit, length] = UNITS.find(([, one]) => seconds >= 2 * one) ?? ["second", 1];
	const count = Math.floor(seconds / length);
	return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
