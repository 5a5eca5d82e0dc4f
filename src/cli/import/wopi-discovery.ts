/**
 * Reads the proof keys of a Document Server's WOPI discovery (`/hosting/discovery`), as `WOPI_PROOF_KEYS` takes them.
 *
 * Reads one XML element, by a grammar that is narrower than XML's. A text that another parser could read differently is
 * refused, because WOPI hosts could find other keys in the same text. Source: `wopiDiscovery` in the server's
 * `wopiClient.js`; Microsoft's WOPI documentation, "Proof keys".
 */
import { PROOF_EXPONENT } from "../../config/wopi-proof-keys.ts";
import { readBase64 } from "../../encoding/base64.ts";
import type { Finding } from "./document-server-files.ts";

interface DiscoveredKey {
	readonly modulus: string;
	readonly exponent: string;
}

export interface DiscoveredKeys {
	readonly current: DiscoveredKey;
	readonly old?: DiscoveredKey;
}

export interface Discovery {
	/** `undefined` if the edge cannot use the server's keys. */
	readonly keys: DiscoveredKeys | undefined;
	readonly findings: readonly Finding[];
}

const MAKE_KEYS =
	"on the server: set wopi.privateKey and wopi.privateKeyOld in local.json, each with its public parts (publicKey, modulus, exponent; publicKeyOld, modulusOld, exponentOld), and restart it; the packages set all of them";
const MEND_KEYS =
	"on the server: write the public parts in local.json again, from wopi.privateKey and wopi.privateKeyOld";

const ATTRIBUTE = /\s+([A-Za-z]+)\s*=\s*(?:"([^"<&]*)"|'([^'<&]*)')/y;

/** @throws for a text that is not a WOPI discovery */
export function parseDiscovery(xml: string): Discovery {
	const text = xml.replace(/<!--.*?-->/gs, "");
	// `<!` begins a DTD, whose entities could stand for other keys, or CDATA, in which a tag is only text.
	if (
		!/^\s*(?:<\?xml[^<>]*\?>\s*)?<wopi-discovery[\s>]/.test(text.replace(/^\ufeff/, "")) ||
		text.includes("<!")
	)
		throw new Error("that is no WOPI discovery");
	const elements = text.split("<proof-key").slice(1);
	if (elements.length === 0)
		return {
			keys: undefined,
			findings: [bad("the discovery has no proof-key: the server signs nothing", MAKE_KEYS)],
		};
	const attributes = elements.length === 1 ? readAttributes(elements[0] ?? "") : undefined;
	if (attributes === undefined)
		return { keys: undefined, findings: [bad("the discovery's proof-key cannot be read", MEND_KEYS)] };
	const findings: Finding[] = [];
	const current = readKey(attributes, "", findings);
	const old = attributes.has("oldmodulus") ? readKey(attributes, "old", findings) : undefined;
	if (findings.some(({ mark }) => mark === "bad") || !current) return { keys: undefined, findings };
	if (!old || old.modulus === current.modulus) {
		const text = "the server's old proof key is its current one: it has not been rotated";
		return { keys: { current }, findings: [...findings, { mark: "note", text }] };
	}
	return { keys: { current, old }, findings };
}

const bad = (text: string, mend: string): Finding => ({ mark: "bad", text, mend });

/**
 * @param rest the document after the element's name
 * @returns `undefined` if a name comes twice, or if the element does not end
 */
function readAttributes(rest: string): ReadonlyMap<string, string> | undefined {
	const attributes = new Map<string, string>();
	ATTRIBUTE.lastIndex = 0;
	let end = 0;
	for (let found = ATTRIBUTE.exec(rest); found; found = ATTRIBUTE.exec(rest)) {
		const [, name = "", double, single = ""] = found;
		if (attributes.has(name)) return undefined;
		attributes.set(name, double ?? single);
		end = ATTRIBUTE.lastIndex;
	}
	return /^\s*\/?>/.test(rest.slice(end, end + 100)) ? attributes : undefined;
}

/** @param prefix "" or `old` */
function readKey(
	attributes: ReadonlyMap<string, string>,
	prefix: "" | "old",
	findings: Finding[],
): DiscoveredKey | undefined {
	const attribute = (name: string) => attributes.get(prefix + name) ?? "";
	const name = (short: string) => `the proof-key's ${prefix}${short}`;
	const modulus = readModulus(attribute("modulus"));
	if (modulus === undefined) {
		findings.push(bad(`${name("modulus")} is neither base64 nor hexadecimal`, MEND_KEYS));
		return undefined;
	}
	if (modulus.isHex) {
		const text = `${name("modulus")} is hexadecimal, as servers before 8.1 write it: other WOPI hosts read base64`;
		findings.push({ mark: "note", text });
	}
	// Servers before 8.1 write the exponent as a number.
	if (attribute("exponent") !== PROOF_EXPONENT && attribute("exponent") !== "65537") {
		findings.push(bad(`${name("exponent")} is not ${PROOF_EXPONENT}`, MEND_KEYS));
		return undefined;
	}
	if (attributes.has(`${prefix}value`) && readKeyBlob(attribute("value")) !== modulus.base64)
		findings.push(bad(`${name("value")} and its ${prefix}modulus are two keys`, MEND_KEYS));
	return { modulus: modulus.base64, exponent: PROOF_EXPONENT };
}

function readModulus(text: string): { readonly base64: string; readonly isHex: boolean } | undefined {
	// A hexadecimal modulus of a usual length is also valid base64, so hexadecimal is tried first. A base64 modulus
	// that has only hexadecimal digits does not occur.
	const isHex = text.length % 2 === 0 && /^[\dA-F]+$/i.test(text);
	const bytes = isHex ? Buffer.from(text, "hex") : readBase64(text);
	return bytes && { base64: Buffer.from(bytes).toString("base64"), isHex };
}

/** Header, `RSA1`, length in bits and exponent, all little-endian. */
const BLOB_HEADER_BYTES = 20;
const BLOB_HEADER = "0602000000a4000052534131";
const BLOB_EXPONENT = 65_537;

/**
 * Reads a PUBLICKEYBLOB of Microsoft's CryptoAPI.
 *
 * @returns its modulus in base64; "" for any other text
 */
function readKeyBlob(text: string): string {
	const encoded = readBase64(text);
	if (encoded === undefined || encoded.length <= BLOB_HEADER_BYTES) return "";
	const bytes = Buffer.from(encoded);
	const modulus = bytes.subarray(BLOB_HEADER_BYTES).toReversed();
	const isBlob =
		bytes.subarray(0, 12).toString("hex") === BLOB_HEADER &&
		bytes.readUInt32LE(12) === modulus.length * 8 &&
		bytes.readUInt32LE(16) === BLOB_EXPONENT;
	return isBlob ? Buffer.from(modulus).toString("base64") : "";
}
