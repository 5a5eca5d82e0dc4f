/**
 * The doctor's look at the clocks. A wrong clock makes good links and tokens expire.
 */
import type { Finding } from "../import/document-server-files.ts";
import { bad, good } from "./probe.ts";
import type { Site } from "./site.ts";

const CLOCK_SLACK_SECONDS = 5;

export async function* checkClocks({ ask, nowMs }: Site): AsyncGenerator<Finding> {
	const clocks = [
		["the edge", "/.edge/health"],
		["the origin", "/healthcheck"],
	] as const;
	for (const [name, path] of clocks) {
		const response = await ask(path);
		const date = Date.parse(response.headers.get("Date") ?? "");
		if (Number.isNaN(date)) continue;
		const apart = Math.round((date - nowMs()) / 1000);
		if (Math.abs(apart) <= CLOCK_SLACK_SECONDS) yield good(`the clocks of ${name} and of this machine agree`);
		else
			yield bad(
				`the clock of ${name} is ${Math.abs(apart)} s ${apart > 0 ? "ahead of" : "behind"} this machine's`,
				"set the clock (timedatectl, chrony): links and tokens expire by it",
			);
	}
}
