/** The edge, with the bindings under which the vectors were measured, before an origin that records. */
import { afterAll, beforeAll } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { type Edge, startEdge } from "../../../local/edge.ts";
import { type RecordingOrigin, startRecordingOrigin } from "./recording-origin.ts";
import { VECTOR_BINDINGS } from "./vectors.ts";

/** Both run from before the file's first test until after its last. */
export function useEdge(): { edge: Edge; origin: RecordingOrigin } {
	const running = {} as { edge: Edge; origin: RecordingOrigin };
	beforeAll(async () => {
		running.origin = await startRecordingOrigin();
		running.edge = await startEdge({
			bundle: await readBundle(),
			bindings: { ...VECTOR_BINDINGS, ORIGIN: running.origin.url },
			onLog: () => undefined,
		});
	});
	afterAll(async () => {
		await running.edge.stop();
		await running.origin.stop();
	});
	return running;
}
