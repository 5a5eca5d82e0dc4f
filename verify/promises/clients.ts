/**
 * Clients that others wrote get through the edge: the editor, an integration, and the Document Server as the client of an
 * integration.
 */
import { seeded } from "../../test/random.ts";
import { builtBundle } from "../bundle.ts";
import { replayEditors } from "../clients/replay-editors.ts";
import { replayRequests } from "../clients/replay-requests.ts";
import { SETUPS } from "../clients/setups.ts";
import { RECORDED } from "../clients/vectors.ts";
import type { Promised } from "../promise.ts";
import { shuffled } from "../shuffled.ts";

export const CLIENTS: Promised = {
	name: "clients",
	promise: "clients nobody here wrote get through",
	method:
		"recorded exchanges of the editor's network code (sdkjs), of the Node.js integration example, of @onlyoffice/document-editor-react and of the server's callbacks, replayed through the edge in random order; the sockets by socket.io-client, the editor's own client",
	// Rounds. A round replays everything twice: with the server's secrets at the edge, and with others.
	small: 1,
	long: 10,
	run: async ({ amount, deadlineMs, seed, say }) => {
		const source = await builtBundle();
		const random = seeded(seed);
		const findings: string[] = [];
		let rounds = 0;
		let connections = 0;
		let messages = 0;
		let sent = 0;
		while (rounds === 0 || (rounds < amount && performance.now() < deadlineMs)) {
			for (const { name, ...setup } of SETUPS) {
				const editors = shuffled(random, RECORDED.editors);
				const sockets = await replayEditors({ source, editors, ...setup });
				const requests = shuffled(random, RECORDED.requests);
				const http = await replayRequests({ source, requests, ...setup });
				findings.push(...[...sockets.findings, ...http.findings].map((finding) => `${name}: ${finding}`));
				connections += sockets.count;
				messages += sockets.messages;
				sent += http.count;
			}
			rounds++;
			if (amount > 1) say(`${rounds} of ${amount} rounds`);
		}
		const isAll = findings.length === 0;
		const early = rounds < amount ? `, ${rounds} of ${amount} rounds` : "";
		return {
			isKept: isAll,
			figure: `${RECORDED.editors.length} recorded editors, ${connections} connections, ${messages.toLocaleString("en")} messages; ${RECORDED.requests.length} recorded requests, ${sent} times sent${early}; ${isAll ? "all" : "not all"} accepted by the edge and by the origin`,
			findings,
		};
	},
};
