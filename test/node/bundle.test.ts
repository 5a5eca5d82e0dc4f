/** What is deployed: small, and only the Worker. */
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";

/** Raised from 40 with the scanner of JSON, the limits and the answers of the file cache. */
const LIMIT_BYTES = 52 * 1024;

it("the bundle is at most 52 KiB gzipped", async () => {
	const size = gzipSync(await readBundle()).length;
	console.log(`bundle: ${(size / 1024).toFixed(1)} KiB gzipped`);
	expect(size).toBeLessThan(LIMIT_BYTES);
});

it("holds nothing of the local run, the tests or unused halves of packages", async () => {
	const bundle = await readBundle();
	for (const marker of [
		"demo Document Server",
		"Edge inspector",
		"docs-edge doctor",
		"commander",
		"vitest",
		"miniflare",
		"side-channel",
		"remoteJWKSet",
	]) {
		expect(bundle.toLowerCase()).not.toContain(marker.toLowerCase());
	}
});
