import type { Job } from "../job.ts";

declare module "vitest" {
	interface ProvidedContext {
		readonly job: Job;
	}
}

declare global {
	interface ImportMeta {
		/** Vite's own: a function that imports the file, by path. */
		readonly glob: (pattern: string) => Readonly<Record<string, () => Promise<unknown>>>;
	}
}
