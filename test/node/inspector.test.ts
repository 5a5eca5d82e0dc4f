/**
 * The inspector in a real browser: it explains a pasted link, and shows decisions as they come in. Protects against a
 * page that shows a secret, runs pasted markup, or serves another machine or site.
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Inspector, startInspector } from "../../local/inspector.ts";
import { readLocalHosts } from "../../src/cli/local-host.ts";
import { signLink } from "../../src/cli/sign.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { sendRaw } from "./support/raw-http.ts";

const CHROMIUM = "/usr/bin/chromium";
const hasChromium = existsSync(CHROMIUM) || process.env.REQUIRE_CHROMIUM === "true";
const FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const BINDINGS = {
	ORIGIN: "http://origin.test",
	JWT_SECRET: "canary token secret",
	SECURE_LINK_SECRET: "canary link secret",
};
const BAD = signLink(
	"/cache/files/data/a/b.docx",
	4102444800,
	createKey("k", `${BINDINGS.SECURE_LINK_SECRET}\n`),
);
const GOOD = signLink("/cache/files/data/a/b.docx", 4102444800, createKey("k", BINDINGS.SECURE_LINK_SECRET));

let inspector: Inspector;
beforeAll(async () => {
	inspector = await startInspector(readLocalHosts(BINDINGS), 0);
});
afterAll(() => inspector.stop());

const decision = (verdict: string, more: object) =>
	JSON.stringify({
		time: new Date().toISOString(),
		id: "x",
		host: "h",
		method: "GET",
		route: "cached-file",
		verdict,
		status: 200,
		ms: 1,
		...more,
	});

describe.runIf(hasChromium)("in a browser", () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
	});
	afterAll(() => browser?.close());

	it.each(["light", "dark"] as const)(
		"explains what is pasted, by keyboard alone (%s)",
		async (colorScheme) => {
			const page = await browser.newPage({ colorScheme });
			const errors: string[] = [];
			page.on("pageerror", (error) => errors.push(error.message));
			await page.goto(inspector.url);
			await page.keyboard.press("Tab");
			await page.keyboard.insertText(BAD);
			await page.keyboard.press("Control+Enter");
			await page.getByText("Refused: link_mismatch.").waitFor();
			const steps = await page.getByRole("list", { name: "Steps" }).getByRole("listitem").allInnerTexts();
			expect(steps.map((text) => text.split("\n")[0])).toEqual([
				"✓ target",
				"✓ route",
				"✗ credential",
				"✗ verdict",
				"✗ reply",
				"hint",
			]);
			expect(steps.at(-1)).toContain("a line break at its end");
			expect(await page.content()).not.toContain("canary");

			await page.getByLabel("A URL, a curl command line, or a token").fill(GOOD);
			await page.getByRole("button", { name: "Explain" }).click();
			await page.getByText("Accepted.").waitFor();
			await page.getByLabel("A URL, a curl command line, or a token").fill("<img src=x onerror=alert(1)>");
			await page.getByRole("button", { name: "Explain" }).click();
			await page.getByText("that is no URL, no curl command line and no token").waitFor();
			expect(errors).toEqual([]);
			await page.close();
		},
	);

	it("shows and counts decisions, those before the page was opened included", async () => {
		inspector.tell(decision("accept", { key: "now" }));
		inspector.tell('{"level":"error","binding":"ORIGIN"}');
		const page = await browser.newPage();
		await page.goto(inspector.url);
		await page.getByRole("cell", { name: "✓ accept" }).waitFor();
		for (let i = 0; i < 2; i++) inspector.tell(decision("refuse", { reason: "link_expired", status: 410 }));
		await expect.poll(() => page.locator("#decisions tbody tr").count()).toBe(3);
		const counts = await page.locator("#counts tbody tr").allInnerTexts();
		expect(counts.map((text) => text.trim().split(/\s+/))).toEqual([
			["link_expired", "2"],
			["accepted", "1"],
		]);
		await page.close();
	});
});

describe("requests of other machines and sites", () => {
	const send = (method: string, target: string, headers: Record<string, string>) =>
		sendRaw(new URL(inspector.url), {
			method,
			target,
			headers,
			...(method === "POST" && { body: Buffer.from(GOOD) }),
		});
	it("a Host header that is not this machine's is refused", async () => {
		expect((await send("GET", "/", { Host: "evil.test" })).status).toBe(403);
	});
	it("a request of another site's page is refused", async () => {
		const { host } = new URL(inspector.url);
		expect((await send("POST", "/explain", { Host: host, Origin: "http://evil.test" })).status).toBe(404);
		expect((await send("POST", "/explain", { Host: host })).status).toBe(200);
	});
});
