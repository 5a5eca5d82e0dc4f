/**
 * The contenders: Workers that answer the same requests, each in its own process before the same origin.
 */
import { buildBundle, buildCommit, buildWorker } from "../../local/build.ts";
import { SECRETS } from "../credentials.ts";
import type { Work } from "../works.ts";
import { startWorkerd, type Workerd, type WorkerdOptions } from "./workerd.ts";

const OURS = "src/worker.ts";
const LIMIT = "bench/workers/pass-through.ts";
const FEW_LINES = { LOG_ACCEPTED: "sample" };
/** 0: the platform's own limit. */
const NO_TIME_LIMIT = { ORIGIN_TIMEOUT_SECONDS: "0", ORIGIN_FILE_TIMEOUT_SECONDS: "0" };
const NO_CACHE = { CACHE_SECONDS: "0", CACHE_REVALIDATED_SECONDS: "0" };

interface Worker {
	readonly entry: string;
	readonly bindings?: Readonly<Record<string, string>>;
}

/** `limit again` is a second process of the same Worker: the distance between the two is the noise of the run. */
const WORKERS = {
	limit: { entry: LIMIT },
	"limit again": { entry: LIMIT },
	"with new Request": { entry: "bench/workers/pass-through-request.ts" },
	straightforward: { entry: "bench/workers/straightforward.ts" },
	"equal duties": { entry: "bench/workers/equal-duties.ts" },
	ours: { entry: OURS },
	"ours, 1 % logged": { entry: OURS, bindings: FEW_LINES },
	"ours, 1 % logged, no time limit": { entry: OURS, bindings: { ...FEW_LINES, ...NO_TIME_LIMIT } },
} satisfies Readonly<Record<string, Worker>>;

/** The edge, cut off after some of its steps. */
const CUTS = {
	"Hono alone": { entry: "bench/workers/steps.ts", bindings: { STEPS: "0" } },
	"with identify": { entry: "bench/workers/steps.ts", bindings: { STEPS: "1" } },
	"with judge": { entry: "bench/workers/steps.ts", bindings: { STEPS: "2" } },
	"with limit, record, shadow, refuse": {
		entry: "bench/workers/steps.ts",
		bindings: { STEPS: "6", ...FEW_LINES },
	},
} satisfies Readonly<Record<string, Worker>>;

/** Between the two halves of an editor's socket. */
const BRIDGES = {
	/** The limit also leaves a socket alone: it passes the origin's 101 on. */
	"101 unread": { entry: LIMIT },
	"bare bridge": { entry: "bench/workers/bare-bridge.ts" },
	"bare bridge again": { entry: "bench/workers/bare-bridge.ts" },
} satisfies Readonly<Record<string, Worker>>;

export type WorkerName = keyof typeof WORKERS | keyof typeof CUTS | keyof typeof BRIDGES | "before";
export const WORKER_NAMES = Object.keys(WORKERS) as readonly (keyof typeof WORKERS)[];
export const CUT_NAMES = Object.keys(CUTS) as readonly (keyof typeof CUTS)[];
export const BRIDGE_NAMES = [...(Object.keys(BRIDGES) as (keyof typeof BRIDGES)[]), "ours" as const];

const workerOf = (name: WorkerName): Worker =>
	({ ...WORKERS, ...CUTS, ...BRIDGES, before: WORKERS.ours })[name];
const isOurs = (name: WorkerName) => workerOf(name).entry === OURS;
/** Whether the contender passes every request on, whatever its credential. */
const isPassing = (name: WorkerName) => workerOf(name).entry.includes("pass-through");

export interface ContenderOptions {
	readonly origin: string;
	/** The address of the server that plays the platform's cache. Without it our file cache is off. */
	readonly cache?: string;
	/** The commit of the contender `before`. */
	readonly before?: string | undefined;
}

const built = new Map<string, Promise<string>>();

/** Builds each Worker once. @param revision a commit, whose own entry is built */
export function buildOnce(entry: string, revision?: string): Promise<string> {
	const name = revision ?? entry;
	const building = built.get(name) ?? build(entry, revision);
	built.set(name, building);
	return building;
}

function build(entry: string, revision: string | undefined): Promise<string> {
	if (revision !== undefined) return buildCommit(revision);
	return entry === OURS ? buildBundle() : buildWorker(entry);
}

export const buildEdge = (): Promise<string> => buildOnce(OURS);

export async function contenderOptions(
	name: WorkerName,
	{ origin, cache, before }: ContenderOptions,
): Promise<WorkerdOptions> {
	const { entry, bindings } = workerOf(name);
	return {
		source: await buildOnce(entry, name === "before" ? before : undefined),
		bindings: {
			...SECRETS,
			ORIGIN: origin,
			...bindings,
			...(isOurs(name) && cache === undefined && NO_CACHE),
		},
		...(isOurs(name) && cache !== undefined && { cache }),
	};
}

export async function startContenders<Name extends WorkerName>(
	names: readonly Name[],
	options: ContenderOptions,
): Promise<Record<Name, Workerd>> {
	const entries: (readonly [Name, Workerd])[] = [];
	// One build at a time: wrangler needs a core for itself.
	for (const name of names)
		entries.push([name, await startWorkerd(await contenderOptions(name, options))] as const);
	return Object.fromEntries(entries) as Record<Name, Workerd>;
}

export const stopAll = (servers: Readonly<Record<string, { readonly stop: () => Promise<unknown> }>>) =>
	Promise.all(Object.values(servers).map(({ stop }) => stop()));

export const expectedFrom = (name: WorkerName | "nginx", { responses }: Work) =>
	name === "nginx" ? responses.nginx : isPassing(name) ? responses.passing : responses.checking;

/** Which contenders answer with `X-Edge-Cache`. */
export const hasFileCache = (name: WorkerName | "nginx"): boolean => name !== "nginx" && isOurs(name);
