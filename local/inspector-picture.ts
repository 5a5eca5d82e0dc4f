/**
 * Takes the inspector's picture for the README, `docs/inspector.png`, in Debian's chromium.
 */
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { readLocalHosts } from "../src/cli/local-host.ts";
import { signLink } from "../src/cli/sign.ts";
import { createKey } from "../src/config/secrets/key-ring.ts";
import { startInspector } from "./inspector.ts";

const PICTURE = fileURLToPath(new URL("../docs/inspector.png", import.meta.url));
const CHROMIUM = "/usr/bin/chromium";
const SECRETS = {
	JWT_SECRET: "a token secret of this picture",
	SECURE_LINK_SECRET: "a link secret of this picture",
};
const SIZE = { width: 1400, height: 900 };

const DECISIONS = [
	{ method: "GET", route: "open", verdict: "accept", status: 200 },
	{ method: "GET", route: "cached-file", verdict: "accept", key: "2026-11", status: 200 },
	{ method: "POST", route: "convert", verdict: "accept", key: "nextcloud", status: 200 },
	{ method: "POST", route: "command", verdict: "refuse", reason: "token_signature", status: 200 },
	{ method: "GET", route: "cached-file", verdict: "refuse", reason: "link_expired", status: 410 },
	{ method: "GET", route: "socket", verdict: "accept", key: "2026-11", status: 101 },
];

const nowSeconds = Math.floor(Date.now() / 1000);
const hosts = readLocalHosts({ ORIGIN: "http://127.0.0.1:8080", ...SECRETS });
const inspector = await startInspector(hosts, 0);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: SIZE });
await page.goto(inspector.url);
// The secret of this link has a line break at its end, as secrets from files often have.
const key = createKey("wrong", `${SECRETS.SECURE_LINK_SECRET}\n`);
const link = signLink("/cache/files/data/doc1/output.docx/output.docx", nowSeconds + 3600, key);
await page.locator("#pasted").fill(`https://docs.example.com${link}`);
await page.getByRole("button").click();
await page.locator("#steps li").last().waitFor();
for (const decision of DECISIONS)
	inspector.tell(JSON.stringify({ time: new Date().toISOString(), ...decision }));
await page.locator(`#decisions tbody tr:nth-child(${DECISIONS.length})`).waitFor();
await page.screenshot({ path: PICTURE, fullPage: true });
await browser.close();
await inspector.stop();
