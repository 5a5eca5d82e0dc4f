/**
 * A Worker that refuses the credentials of one class, as often as the query says.
 */
import { allKinds, CREDENTIALS, isWrongSignature } from "../timing/classes.ts";

let kinds: ReturnType<typeof allKinds> | undefined;

export default {
	/** `?kind=NAME&class=0&times=N`. Without a name the response is the list of names. */
	async fetch(request: Request): Promise<Response> {
		kinds ??= allKinds();
		const { searchParams } = new URL(request.url);
		const classes = (await kinds)[searchParams.get("kind") ?? ""];
		if (classes === undefined) return Response.json(Object.keys(await kinds));
		const refusals = classes[searchParams.get("class") === "0" ? 0 : 1];
		let refused = 0;
		const times = Number(searchParams.get("times"));
		for (let n = 0; n < times; n++) {
			const verdict = refusals[n % CREDENTIALS]?.();
			if (isWrongSignature(verdict instanceof Promise ? await verdict : verdict)) refused++;
		}
		return Response.json(refused);
	},
};
