/**
 * A thread that fuzzes one target. It writes each input into shared memory before it tries it: an input that never ends
 * stops this thread, and the other thread can still read which one it was.
 */
import { parentPort, workerData } from "node:worker_threads";
import { exploreTarget, paceTarget } from "./fuzz-one.ts";
import { TARGETS } from "./targets.ts";
import { type Task, writeInput } from "./threads.ts";

const { name, step, kept, seed, seconds, shared } = workerData as Task;
const target = TARGETS.find((one) => one.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
const onInput = (input: string) => writeInput(shared, input);
const run = step === "explore" ? exploreTarget : paceTarget;
parentPort?.postMessage(await run({ target, kept, seed, seconds, onInput }));
