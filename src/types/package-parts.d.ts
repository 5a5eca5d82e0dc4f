// Parts of two packages without their unused halves; both ship no types for their inner files.
declare module "qs/lib/parse.js" {
	export default function parse(
		query: string,
		options: { readonly allowPrototypes: boolean },
	): Record<string, unknown>;
}

declare module "negotiator/lib/mediaType.js" {
	/** The provided media types which the Accept header takes, best first. */
	export default function preferredMediaTypes(accept: string, provided: readonly string[]): string[];
}
