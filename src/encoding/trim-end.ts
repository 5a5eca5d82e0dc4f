/**
 * Trims characters from the end of a text, in linear time. A pattern that ends with `+$` would try each character of every
 * long run: thousands of spaces before a query took ten milliseconds.
 */
export function trimEnd(text: string, characters: string): string {
	let end = text.length;
	while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
	return text.slice(0, end);
}
