/**
 * The decisions inside the isolate beside their floors: the table, and the bounds. The floor of a link is the platform's
 * MD5, that of a token its HMAC.
 */
import { noiseOfRatios } from "../measure/noise.ts";
import { median, ratios, summarize } from "../measure/series.ts";
import type { Bench, PartResult } from "../part.ts";
import { fixed, percent, spread, table } from "../report.ts";
import { buildOnce } from "../servers/contenders.ts";
import { atLeast, atMost, type Target } from "../targets.ts";
import { measureDecisions } from "./decisions.ts";

type Samples = Readonly<Record<string, readonly number[]>>;

const LINK_FLOOR = "link: floor, subtle.digest MD5";
const TOKEN_FLOOR = "token: floor, subtle.verify HMAC";
const SLICE_MS = 150;

/** Each decision with its floor, and the most that it may cost. */
const BOUNDS = [
	["link decision", "link: decide", LINK_FLOOR, 1.4],
	["token verified", "token: verifyToken", TOKEN_FLOOR, 2.2],
	["whole token decision", "token: decide", TOKEN_FLOOR, 3.5],
] as const;

export async function runIsolateDecisions({ wants, pace }: Bench): Promise<PartResult | undefined> {
	if (!wants("isolate: decisions")) return undefined;
	const source = await buildOnce("bench/workers/decisions.ts");
	const samples = await measureDecisions(source, { rounds: pace.rounds, ms: SLICE_MS });
	const rows = Object.entries(samples).map(([name, series]) => [
		name,
		spread(summarize(series)),
		fixed(ratioOf(samples, name, name.startsWith("link") ? LINK_FLOOR : TOKEN_FLOOR)),
	]);
	const noises = { link: noiseOf(samples, "link"), token: noiseOf(samples, "token") };
	return {
		text: `Decisions inside the isolate: CPU time per decision (µs), and as a multiple of its floor.
Noise: the floor beside itself, link ${percent(noises.link)}, token ${percent(noises.token)}.
${table(["decision", "µs", "× floor"], rows)}`,
		targets: decisionTargets(samples, noises),
		figures: {
			decisionsUs: Object.fromEntries(
				Object.entries(samples).map(([name, series]) => [name, summarize(series)]),
			),
		},
	};
}

function decisionTargets(
	samples: Samples,
	noises: { readonly link: number; readonly token: number },
): Target[] {
	const besideFloors = BOUNDS.map(([name, decision, floor, most]) => {
		const value = ratioOf(samples, decision, floor);
		const noise = floor === LINK_FLOOR ? noises.link : noises.token;
		return atMost(`${name}, inside the isolate`, value, most, " × floor", noise * value);
	});
	const peers = Object.keys(samples).filter((name) => / (?:jwtVerify|verify)$/.test(name));
	const besidePeers = BOUNDS.filter(([, , floor]) => floor === TOKEN_FLOOR).flatMap(([name, decision]) =>
		peers.map((peer) => {
			const value = ratioOf(samples, peer, decision);
			return atLeast(`${name}, beside ${peer.slice("token: ".length)}`, value, 1, " ×", noises.token * value);
		}),
	);
	return [...besideFloors, ...besidePeers];
}

/** The median of the ratios, round by round. */
const ratioOf = (samples: Samples, name: string, to: string): number =>
	median(ratios(samples[name] ?? [], samples[to] ?? []));

const noiseOf = (samples: Samples, kind: "link" | "token"): number =>
	noiseOfRatios(
		samples[kind === "link" ? LINK_FLOOR : TOKEN_FLOOR] ?? [],
		samples[`${kind}: floor, again`] ?? [],
	);
