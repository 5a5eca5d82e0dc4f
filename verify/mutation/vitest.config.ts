/**
 * Runs `isolate/judge.test.ts` in workerd, and passes what the isolate tells to the parent process.
 */
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import type { Job } from "./job.ts";

const RECORDER = fileURLToPath(new URL("isolate/recorder.ts", import.meta.url));

export default defineConfig({
	plugins: [
		{
			name: "recorder",
			enforce: "pre",
			resolveId: (source, importer) =>
				source === "vitest" && importer?.includes("/test/workers/") ? RECORDER : undefined,
		},
		cloudflareTest({
			wrangler: { configPath: "./wrangler.toml" },
			miniflare: {
				outboundService: async (request: { text: () => Promise<string> }) => {
					process.send?.(JSON.parse(await request.text()));
					return new Response();
				},
			},
		}),
	],
	test: {
		name: "mutants",
		include: ["verify/mutation/isolate/judge.test.ts"],
		provide: { job: JSON.parse(process.env.MUTATION_JOB ?? "") as Job },
	},
});
