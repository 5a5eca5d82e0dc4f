/**
 * Reads the text of a short response, and leaves a long one: the edge must not hold what the origin streams.
 */

/**
 * @param copy a clone: the response itself stays readable
 * @returns `undefined` for a response over the limit
 */
export async function readShortText(copy: Response, limitBytes: number): Promise<string | undefined> {
	const announced = Number(copy.headers.get("Content-Length") ?? 0);
	if (announced > limitBytes) return void copy.body?.cancel();
	const decoder = new TextDecoder();
	let text = "";
	let length = 0;
	for await (const chunk of copy.body ?? []) {
		length += chunk.byteLength;
		if (length > limitBytes) return undefined;
		text += decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}
