import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { closingLine } from "./test/closing-line.ts";
import { noSecrets } from "./test/no-secrets.ts";

/** `npm run test:quick`: the steps of a decision, in one isolate, and the architecture. */
export default defineConfig({
	test: {
		reporters: ["default", closingLine, noSecrets],
		projects: [
			{
				plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })],
				test: {
					name: "quick",
					isolate: false,
					include: [
						"test/workers/{claims,config,encoding,link,request,rewrite,routes,token}/**/*.test.ts",
						"test/workers/*.test.ts",
					],
				},
			},
			{
				test: { name: "imports", include: ["test/node/imports.test.ts"], environment: "node" },
			},
		],
	},
});
