/**
 * The forms in which a secret may come out: as it is, in parts, turned round, encoded, or hashed.
 */
import { createHash } from "node:crypto";

/** So many characters of a random secret do not come together by chance. */
const PART_CHARACTERS = 8;
/** The parts of a shorter secret may be words: `sessionsecret` begins with `sessions`. */
const LEAST_WITH_PARTS = 20;
/** A shorter piece of base64 could be chance. */
const LEAST_BASE64 = 12;

/** @returns a function that names the form in which a text holds one of the secrets; `undefined` if it holds none */
export function secretFinder(secrets: readonly string[]): (text: string) => string | undefined {
	const forms = [...new Map(secrets.flatMap((secret) => [...formsOf(secret)]))];
	return (text) => forms.find(([form]) => text.includes(form))?.[1];
}

/** @returns each form once, with the name of what was done */
export function formsOf(secret: string): ReadonlyMap<string, string> {
	const bytes = Buffer.from(secret, "utf8");
	const hex = bytes.toString("hex");
	const percent = hex.replace(/../g, "%$&");
	const forms: (readonly [name: string, text: string])[] = [
		["plain", secret],
		...(secret.length < LEAST_WITH_PARTS ? [] : partsOf(secret)),
		["reversed", [...secret].reverse().join("")],
		["hex", hex],
		["hex in capitals", hex.toUpperCase()],
		["percent-encoded", percent],
		["percent-encoded in capitals", percent.toUpperCase()],
		["as a URL component", encodeURIComponent(secret)],
		["as a form value", new URLSearchParams([["", secret]]).toString().slice(1)],
		["in JSON", JSON.stringify(secret).slice(1, -1)],
		...["base64", "base64url"].flatMap((encoding) =>
			[0, 1, 2].map(
				(at) => [`${encoding} ${at}`, insideBase64(bytes, encoding as BufferEncoding, at)] as const,
			),
		),
		...["md5", "sha1", "sha256"].flatMap((algorithm) =>
			(["hex", "base64url"] as const).map((encoding) => {
				const digest = createHash(algorithm).update(bytes).digest(encoding);
				return [`${algorithm} in ${encoding}`, digest] as const;
			}),
		),
	];
	return new Map(
		forms.filter(([, text]) => text.length >= PART_CHARACTERS).map(([name, text]) => [text, name]),
	);
}

const partsOf = (secret: string): readonly (readonly [name: string, text: string])[] => [
	["its beginning", secret.slice(0, PART_CHARACTERS)],
	["its end", secret.slice(-PART_CHARACTERS)],
];

/** The characters of base64 that the bytes alone decide, if so many other bytes stand before them. */
function insideBase64(bytes: Buffer, encoding: BufferEncoding, before: number): string {
	const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
	const start = Math.ceil((before * 8) / 6);
	const end = Math.floor(((before + bytes.length) * 8) / 6);
	const inside = encoded.slice(start, end);
	return inside.length < LEAST_BASE64 ? "" : inside;
}
