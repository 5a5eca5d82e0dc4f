/**
 * The options of the command line.
 */
import { parseArgs } from "node:util";

export const HELP = `npm run bench                    everything, and writes bench/results/run.json and run.svg
npm run bench -- --quick         few short slices; writes nothing
npm run bench -- --only NAME     the parts and lines whose name contains NAME; writes nothing
npm run bench -- --before REV    the same works beside this edge at another commit; writes nothing
npm run bench -- --random COUNT  random requests against \`npm start\`: no 500, no growth
npm run bench -- --profile NAME  the CPU time of one work by spender, measured by Linux perf

Parts for --only:
  end to end: WORK          the works over real sockets, such as --only "end to end: signed link"
  isolate: requests         the same works inside the isolate, without a network
  isolate: steps            what each step of the edge costs
  isolate: decisions        single decisions beside their floors
  latency: WORK             the time to the first byte, at a fixed rate
  sockets: round trips, sockets: handshakes, sockets: memory
  hostile                   the costliest requests of a stranger
  growth: hosts, growth: bodies, connections, growth: streams
  start                     the first verdict of a fresh process
  bundle                    the size of the bundle`;

export interface Options {
	readonly isQuick: boolean;
	readonly only: string | undefined;
	readonly before: string | undefined;
	readonly profile: string | undefined;
	readonly random: string | undefined;
	readonly asksForHelp: boolean;
}

export function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			quick: { type: "boolean", default: false },
			only: { type: "string" },
			before: { type: "string" },
			profile: { type: "string" },
			random: { type: "string" },
			help: { type: "boolean", default: false },
		},
	});
	const { quick, only, before, profile, random, help } = values;
	return { isQuick: quick, only, before, profile, random, asksForHelp: help };
}
