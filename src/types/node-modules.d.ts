// The parts of Node's modules that the Worker uses: @types/node clashes with the types of the Workers runtime.
declare module "node:buffer" {
	interface Buffer extends Uint8Array<ArrayBuffer> {
		toString(encoding?: "utf8" | "latin1" | "base64" | "base64url"): string;
	}
	export const Buffer: {
		from(data: string, encoding: "utf8" | "latin1" | "base64" | "base64url"): Buffer;
		from(data: Uint8Array): Buffer;
	};
}

declare module "node:crypto" {
	export function hash(
		algorithm: "md5" | "sha1",
		data: Uint8Array | string,
		encoding: "base64" | "base64url",
	): string;
	export function timingSafeEqual(a: ArrayBufferView, b: ArrayBufferView): boolean;
}

declare module "node:querystring" {
	export function parse(query: string): Record<string, string | string[] | undefined>;
}

declare module "node:net" {
	type Family = "ipv4" | "ipv6";
	export class BlockList {
		addSubnet(address: string, prefix: number, family: Family): void;
		check(address: string, family: Family): boolean;
	}
	export function isIPv4(text: string): boolean;
	export function isIPv6(text: string): boolean;
}

declare module "node:zlib" {
	interface Limits {
		readonly maxOutputLength: number;
	}
	export function gunzipSync(data: Uint8Array, limits: Limits): Uint8Array<ArrayBuffer>;
	export function inflateSync(data: Uint8Array, limits: Limits): Uint8Array<ArrayBuffer>;
}
