/**
 * The deployed bundle. Protects against a bundle that grows unseen, and against test code and tools in it.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { parse } from "smol-toml";
import { expect, it } from "vitest";
import { BUNDLE_LIMIT_KIB, readBundle } from "../../local/build.ts";
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from "../../local/edge.ts";
import { VERSION } from "../../src/version.ts";

it(`the bundle is at most ${BUNDLE_LIMIT_KIB} KiB gzipped`, async () => {
	const size = gzipSync(await readBundle()).length;
	console.log(`bundle: ${(size / 1024).toFixed(1)} KiB gzipped`);
	expect(size).toBeLessThan(BUNDLE_LIMIT_KIB * 1024);
});

it("runs with one compatibility date, and with the same flags, locally and deployed", () => {
	const toml = parse(readFileSync(new URL("../../wrangler.toml", import.meta.url), "utf8"));
	expect([toml.compatibility_date, toml.compatibility_flags]).toEqual([
		COMPATIBILITY_DATE,
		COMPATIBILITY_FLAGS,
	]);
});

it("has its version", async () => expect(await readBundle()).toContain(`"${VERSION}"`));

it("holds no code of the local run, the tests, or unused parts of packages", async () => {
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
