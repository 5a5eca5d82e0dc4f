/**
 * The last decisions as server-sent events.
 *
 * Each event has an id of its own. A browser that reconnects sends the last id (`Last-Event-ID`) and gets only newer
 * events. Without this, every reconnect would repeat all decisions.
 */
const DECISIONS_KEPT = 100;
/** A browser that has not read so many events is cut off. It would otherwise fill the memory of this process. */
const WAITING_LIMIT = 1000;

export interface DecisionStream {
	/** Takes a line of the edge's log, and keeps it if it is a decision. */
	readonly tell: (line: string) => void;
	/** @param lastId the last event that the browser has: `Last-Event-ID` */
	readonly open: (lastId: string | undefined) => ReadableStream<Uint8Array>;
}

export function createDecisionStream(): DecisionStream {
	// Ids of an earlier run on the same port would otherwise look like ids of this one.
	const run = Date.now().toString(36);
	const kept: { readonly number: number; readonly event: Uint8Array }[] = [];
	const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>();
	let count = 0;

	return {
		tell: (line) => {
			if (!line.startsWith('{"time":')) return;
			const number = ++count;
			const event = new TextEncoder().encode(`id: ${run}-${number}\ndata: ${line}\n\n`);
			kept.push({ number, event });
			if (kept.length > DECISIONS_KEPT) kept.shift();
			for (const listener of listeners) {
				listener.enqueue(event);
				if ((listener.desiredSize ?? 0) > -WAITING_LIMIT) continue;
				listeners.delete(listener);
				listener.close();
			}
		},
		open: (lastId = "") => {
			const [ofRun, number] = lastId.split("-");
			const last = ofRun === run ? Number(number) : 0;
			let listener: ReadableStreamDefaultController<Uint8Array>;
			return new ReadableStream({
				start: (controller) => {
					listener = controller;
					listeners.add(controller);
					controller.enqueue(new TextEncoder().encode("retry: 1000\n\n"));
					for (const one of kept) if (one.number > last) controller.enqueue(one.event);
				},
				cancel: () => void listeners.delete(listener),
			});
		},
	};
}
