import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { closingLine } from "./test/closing-line.ts";
import { noSecrets } from "./test/no-secrets.ts";

/** Two projects: the Worker's own code runs in workerd; whole-system tests (nginx, sockets) drive it from Node. */
export default defineConfig({
	test: {
		reporters: ["default", closingLine, noSecrets],
		projects: [
			{
				plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })],
				test: { name: "workers", include: ["test/workers/**/*.test.ts"], testTimeout: 60_000 },
			},
			{
				test: {
					name: "node",
					globalSetup: ["test/node/support/build.ts"],
					include: ["test/node/**/*.test.ts"],
					environment: "node",
					testTimeout: 120_000,
					hookTimeout: 120_000,
					// A guard against hanging, as the two above: a busy machine is slow and not wrong.
					expect: { poll: { timeout: 60_000 } },
					fileParallelism: false,
				},
			},
		],
	},
});
