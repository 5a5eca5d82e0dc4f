// The parsing halves of two packages. Neither ships types for its inner files.
declare module "qs/lib/parse.js" {
	export default function parse(
		query: string,
		options: { readonly allowPrototypes: boolean },
	): Record<string, unknown>;
}

declare module "negotiator/lib/mediaType.js" {
	/** @returns the provided media types that the Accept header takes, best first */
	export default function preferredMediaTypes(accept: string, provided: readonly string[]): string[];
}
