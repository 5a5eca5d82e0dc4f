/**
 * The input of every step of the doctor: the edge, the bindings of this machine, and the facts of earlier steps.
 */
import type { Host } from "../../config/host.ts";
import type { Finding } from "../import/document-server-files.ts";
import type { Status } from "../status.ts";
import { type ProbeResponse, probe } from "./probe.ts";

export interface DoctorOptions {
	readonly edge: string;
	readonly origin?: string;
	readonly localJson?: string;
	readonly dsConf?: string;
	/** A WOPI source of the operator: the edge has to forward its page. */
	readonly wopiSource?: string;
}

export interface Site {
	/** Read from the bindings of this machine. */
	readonly host: Host;
	readonly options: DoctorOptions;
	/** The clock of this machine, Unix milliseconds. */
	readonly nowMs: () => number;
	/** Asks the edge. @throws UnansweredError if no response comes in time */
	readonly ask: (path: string, init?: RequestInit) => Promise<ProbeResponse>;
	readonly found: Found;
}

/** Later steps read these. */
export interface Found {
	/** `undefined` unless this machine has the edge's `STATUS_SECRET`. */
	status?: Status;
	/** Version of the Document Server. */
	serverVersion?: string;
}

export interface Step {
	/** What it tests, as the line "not tested" names it. */
	readonly name: string;
	/** What this machine, or the command line, lacks for this step. */
	readonly lacks?: (site: Site) => string | false;
	readonly run: (site: Site) => Iterable<Finding> | AsyncIterable<Finding>;
}

export const createSite = (host: Host, options: DoctorOptions, nowMs: () => number): Site => ({
	host,
	options,
	nowMs,
	ask: (path, init) => probe(options.edge, path, init),
	found: {},
});

/** The path names no document that exists. */
export const NO_DOCUMENT = "docs-edge-doctor";

const PROBE_LIFETIME_SECONDS = 600;
export const probeExpiry = ({ nowMs }: Site): number => Math.floor(nowMs() / 1000) + PROBE_LIFETIME_SECONDS;
