/**
 * The address that stays the same while the edge behind it is replaced, as the platform's does. It passes bytes.
 */
import { connect, createServer, type Socket } from "node:net";
import { type Listening, listen } from "../../test/node/support/faults/listening.ts";

export interface Entrance extends Listening {
	/** New connections go there. Those to the edge before are closed, as if that edge had ended. */
	readonly lead: (edge: URL) => void;
}

export async function openEntrance(): Promise<Entrance> {
	let target: URL | undefined;
	const open = new Set<Socket>();
	const server = createServer((client) => {
		if (target === undefined) return client.destroy();
		const edge = connect(Number(target.port), target.hostname);
		for (const [one, other] of [
			[client, edge],
			[edge, client],
		] as const) {
			open.add(one);
			one.on("error", () => undefined);
			one.on("close", () => {
				open.delete(one);
				other.destroy();
			});
			one.pipe(other);
		}
	});
	const { url, stop } = await listen(server);
	const closeAll = () => {
		for (const socket of open) socket.destroy();
	};
	return {
		url,
		lead: (edge) => {
			target = edge;
			closeAll();
		},
		stop: () => {
			stop();
			closeAll();
		},
	};
}
