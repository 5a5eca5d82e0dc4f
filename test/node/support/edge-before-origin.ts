/**
 * Starts an edge before an origin that records, with the bindings under which the vectors were measured.
 */
import { afterAll, beforeAll } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { type Edge, startEdge } from "../../../local/edge.ts";
import { type RecordingOrigin, startRecordingOrigin } from "./recording-origin.ts";
import { VECTOR_BINDINGS } from "./vectors.ts";

/** Starts both before the file's first test, and stops them after its last. */
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
