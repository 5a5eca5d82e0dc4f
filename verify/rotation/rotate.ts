/**
 * Goes through the steps under load: each step is a new edge beside the one before, and requests go to both for a while.
 */
import { startWorkerd } from "../../bench/servers/workerd.ts";
import { type SecretHolder, startSecretHolder } from "../../test/node/support/secret-holder.ts";
import { type Random, seeded } from "../../test/random.ts";
import { started, withCleanup } from "../cleanup.ts";
import { type Editor, openEditor } from "./editors.ts";
import { openEntrance } from "./entrance.ts";
import { sendAny } from "./requests.ts";
import { type Age, SECRETS, type Step } from "./steps.ts";

const AT_ONCE = 24;
/** The part of a step's requests during which the edge before still answers every second one. */
const OVERLAP = 0.2;
/** A step has so many requests even if the time is over, so that each kind of request is in each step. */
const LEAST_REQUESTS = 100;

export interface RotationOptions {
	readonly bundle: string;
	readonly steps: readonly Step[];
	/** Requests in all steps together. */
	readonly requests: number;
	/** Editors that open with each secret. */
	readonly editors: number;
	readonly deadlineMs: number;
	readonly seed: number;
	readonly say: (line: string) => void;
}

export interface Rotated {
	readonly requests: number;
	readonly editors: number;
	/** Times that an editor was let in, first or again. */
	readonly connects: number;
	/** Kinds of refusals, with their number. */
	readonly refused: ReadonlyMap<string, number>;
}

export const rotate = (options: RotationOptions): Promise<Rotated> =>
	withCleanup(async (later) => {
		const { bundle, steps, editors: perAge, deadlineMs, say } = options;
		const random = seeded(options.seed);
		const servers: Record<Age, SecretHolder> = {
			old: await started(startSecretHolder(SECRETS.old), later),
			new: await started(startSecretHolder(SECRETS.new), later),
		};
		const entrance = await started(openEntrance(), later);
		const refused = new Map<string, number>();
		const note = (what: string) => refused.set(what, (refused.get(what) ?? 0) + 1);
		const editors: Editor[] = [];
		later(() => {
			for (const { close } of editors) close();
		});
		const opened = new Set<Age>();
		let sent = 0;
		let before: Deployed | undefined;

		for (const [at, step] of steps.entries()) {
			const bindings = { ...step.bindings, ORIGIN: servers[step.server].url };
			const edge = await started(startWorkerd({ source: bundle, bindings }), later);
			const site = new URL(edge.url);
			const wanted = Math.floor((options.requests * (at + 1)) / steps.length) - sent;
			const leftMs = (deadlineMs - performance.now()) / (steps.length - at);
			const counted = await load({ site, step, before, from: sent, wanted, leftMs, random }, note);

			// The editors of a secret that nobody may use any more have been closed.
			for (const editor of editors) if (!isUsed(editor.age, step)) editor.close();
			entrance.lead(site);
			for (const age of (["old", "new"] as const).filter((one) => isUsed(one, step) && !opened.has(one))) {
				opened.add(age);
				for (let n = 0; n < perAge; n++) editors.push(openEditor(n, new URL(entrance.url), age));
			}
			const open = editors.filter(({ age }) => isUsed(age, step));
			const alive = await Promise.all(open.map(({ isAlive }) => isAlive()));
			for (const isAlive of alive) if (!isAlive) note(`${step.name}: an editor does not get in`);
			for (const { takeRefusals } of open) for (const told of takeRefusals()) note(`${step.name}: ${told}`);
			await before?.stop();
			before = { site, step, stop: edge.stop };
			sent += counted;
			say(`${step.name}: ${counted.toLocaleString("en")} requests, ${open.length} editors`);
		}
		const connects = editors.reduce((sum, editor) => sum + editor.connects(), 0);
		return { requests: sent, editors: editors.length, connects, refused };
	});

interface Deployed {
	readonly site: URL;
	readonly step: Step;
	readonly stop: () => Promise<void>;
}

/** An editor holds a token of an integration or of the server: both have to be in use. */
const isUsed = (age: Age, { integrations, serverMade }: Step): boolean =>
	integrations.includes(age) && serverMade.includes(age);

interface Load {
	readonly site: URL;
	readonly step: Step;
	readonly before: Deployed | undefined;
	readonly from: number;
	readonly wanted: number;
	readonly leftMs: number;
	readonly random: Random;
}

/** @returns the number of requests, less than wanted if the time is over */
async function load(
	{ site, step, before, from, wanted, leftMs, random }: Load,
	note: (what: string) => void,
): Promise<number> {
	const untilMs = performance.now() + leftMs;
	// While two edges answer, a client may reach either.
	const common = before && {
		integrations: step.integrations.filter((age) => before.step.integrations.includes(age)),
		serverMade: step.serverMade.filter((age) => before.step.serverMade.includes(age)),
	};
	const overlap = common && common.integrations.length > 0 ? wanted * OVERLAP : 0;
	let sent = 0;
	const send = async () => {
		while (sent < wanted && (sent < LEAST_REQUESTS || performance.now() < untilMs)) {
			const n = sent++;
			const isOverlap = n < overlap;
			const to = isOverlap && before && random() < 0.5 ? before.site : site;
			const told = await sendAny(random, from + n, to, isOverlap && common ? common : step);
			if (told !== undefined) note(`${step.name}: ${told}`);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, send));
	return sent;
}
