/**
 * Takes the inspector's picture for the README, `docs/inspector.png`, in Debian's chromium.
 */
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { readLocalHosts } from "../src/cli/local-host.ts";
import { startInspector } from "./inspector.ts";

const PICTURE = fileURLToPath(new URL("../docs/inspector.png", import.meta.url));
const CHROMIUM = "/usr/bin/chromium";
const SECRETS = {
	JWT_SECRET: "a token secret of this picture",
	SECURE_LINK_SECRET: "a link secret of this picture",
};
const SIZE = { width: 1400, height: 900 };
const HOST = "docs.example.com";
const EXAMPLE = "link of another secret";

const DECISIONS = [
	{ method: "GET", route: "open", verdict: "accept", status: 200, ms: 4 },
	{
		method: "GET",
		route: "cached-file",
		verdict: "accept",
		key: "2026-11",
		status: 200,
		ms: 38,
		cache: "miss",
	},
	{
		method: "GET",
		route: "cached-file",
		verdict: "accept",
		key: "2026-11",
		status: 200,
		ms: 2,
		cache: "hit",
	},
	{ method: "POST", route: "convert", verdict: "accept", key: "nextcloud", status: 200, ms: 640 },
	{ method: "POST", route: "command", verdict: "refuse", reason: "token_signature", status: 200, ms: 1 },
	{ method: "GET", route: "cached-file", verdict: "refuse", reason: "link_expired", status: 410, ms: 1 },
	{ method: "POST", route: "convert", verdict: "accept", reason: "origin_timeout", status: 504, ms: 30000 },
	{ method: "GET", route: "socket", verdict: "accept", key: "2026-11", status: 101, ms: 21 },
];
/** How often each decision comes again before the picture, and how far apart, so that the charts have a shape. */
const ROUNDS = 9;
const APART_MS = 4000;
/** The newest rows show each decision once. */
const ROWS = 8;

const hosts = readLocalHosts({ ORIGIN: "http://127.0.0.1:8080", ...SECRETS });
const inspector = await startInspector(hosts, 0);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: SIZE });
await page.goto(inspector.url);
await page.getByRole("button", { name: EXAMPLE }).click();
await page.locator(".steps li").last().waitFor();
const count = ROUNDS * DECISIONS.length;
for (let i = 0; i < count; i++) {
	// Most requests are good. Steps of 3 and 5 spread the others over the time.
	const decision = DECISIONS[i >= count - ROWS || i % 3 === 0 ? i % DECISIONS.length : (i * 5) % 3];
	const time = new Date(Date.now() - (count - i) * APART_MS).toISOString();
	inspector.tell(JSON.stringify({ time, id: `request-${i}`, host: HOST, ...decision }));
}
await page.locator(`#decisions tbody tr:nth-child(${count})`).waitFor();
await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
const lowest = await page.locator(`#decisions tbody tr:nth-child(${ROWS})`).boundingBox();
const height = Math.ceil((lowest?.y ?? 0) + (lowest?.height ?? 0));
await page.screenshot({ path: PICTURE, fullPage: true, clip: { x: 0, y: 0, width: SIZE.width, height } });
await browser.close();
await inspector.stop();
