/**
 * The inspector in a real browser: it explains a pasted request, and shows decisions as they come in. Protects against a
 * page that shows or copies a credential, runs pasted markup, counts a decision twice, cannot be used by keyboard or on
 * a phone, or serves another machine or site.
 */
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Explanation } from "../../local/inspector/page/explanation.ts";
import { curlOf, cutCredentials, markdownOf } from "../../local/inspector/page/ticket.ts";
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
const MD5 = new URLSearchParams(BAD.split("?")[1]).get("md5") ?? "";
const LABEL = "A URL, a curl command line, a captured request, or a token";

const HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
const PAYLOAD = "eyJwYXlsb2FkIjp7ImMiOiJ2ZXJzaW9uIn0sImV4cCI6MTc2MzAwMDAwMH0";
const SIGNATURE = "Zm9yZ2VkLXNpZ25hdHVyZS1vZi10aGlzLXRlc3Q";
const TOKEN = `${HEADER}.${PAYLOAD}.${SIGNATURE}`;
const COMMAND = `curl -X POST 'https://docs.example.com/command' -H 'Authorization: Bearer ${TOKEN}' -d '{"c":"version"}'`;
/** An explanation with every optional part. */
const FULL: Explanation = {
	ok: false,
	headline: "Refused: the token has expired",
	reason: "token_expired",
	status: 403,
	steps: [
		{ name: "target", ok: true, text: "nginx reads /command" },
		{ name: "route", ok: true, text: "command: a token: body, then header (inbox secret)" },
		{ name: "credential", ok: true, text: "found in header: it has to be signed with the inbox secret" },
		{ name: "verdict", ok: false, text: "refused: token_expired" },
		{ name: "reply", ok: false, text: '403 application/json: {"error":6}' },
		{ name: "hint", ok: false, text: "it expired 3 days ago" },
	],
	nearMiss: "it expired 3 days ago",
	whatToDo: "Compare the clocks.",
	token: {
		header: { alg: "HS256", typ: "JWT" },
		claims: { payload: { c: "version", note: "<script>alert(1)</script>" }, exp: 1763000000 },
		times: [{ name: "exp", date: "2025-11-13T02:13:20Z", says: "expired 3 days ago" }],
		purpose: "command",
		key: "nextcloud",
		decidedBy: "exp",
	},
	link: {
		stringToSign: "4102444800/cache/files/a b<secret>",
		expires: "2100-01-01T00:00:00Z",
		says: "good for 74 years",
	},
	notes: ["The token has no exp."],
	redacted: "curl -X POST 'https://docs.example.com/command' -H 'Authorization: Bearer …'",
};

let inspector: Inspector;
beforeEach(async () => {
	inspector = await startInspector(readLocalHosts(BINDINGS), 0);
	return () => inspector.stop();
});

let lines = 0;
const decision = (verdict: string, more: object = {}) =>
	JSON.stringify({
		time: new Date().toISOString(),
		id: `id-${++lines}`,
		host: "docs.example.com",
		method: "GET",
		route: "cached-file",
		verdict,
		status: 200,
		ms: 1,
		...more,
	});
const REFUSED = { reason: "link_expired", status: 410 };

describe.runIf(hasChromium)("in a browser", () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
	});
	afterAll(() => browser?.close());

	/** The page must not fail anywhere, and the Content-Security-Policy must not stop any part of it. */
	async function open(options: BrowserContextOptions = {}) {
		const context = await browser.newContext(options);
		const page = await context.newPage();
		const errors: string[] = [];
		page.on("pageerror", (error) => errors.push(error.message));
		page.on("console", (message) => {
			if (message.type() === "error" && !/Failed to load resource/.test(message.text()))
				errors.push(message.text());
		});
		page.on("dialog", (dialog) => {
			errors.push(`a dialog: ${dialog.message()}`);
			void dialog.dismiss();
		});
		await page.goto(inspector.url);
		const close = async () => {
			expect(errors).toEqual([]);
			await context.close();
		};
		return { page, context, close };
	}

	const verdict = (page: Page) => page.locator("#summary");
	const rows = (page: Page) => page.locator("#decisions tbody tr:not(.detail):visible");
	const counts = async (page: Page) =>
		Object.fromEntries(
			(await page.locator("#counts button").allInnerTexts()).map((text) => text.trim().split(/\s+/)),
		);
	const paste = async (page: Page, text: string) => {
		await page.getByLabel(LABEL).fill(text);
		await page.getByRole("button", { name: "Explain" }).click();
	};
	const answerWith = (page: Page, explanation: Explanation) =>
		page.route("**/explain*", (route) => route.fulfill({ json: explanation }));

	describe.each([
		{ width: 1400, height: 900, colorScheme: "light" },
		{ width: 1400, height: 900, colorScheme: "dark" },
		{ width: 360, height: 740, colorScheme: "light" },
		{ width: 360, height: 740, colorScheme: "dark" },
	] as const)("$width px, $colorScheme", ({ width, height, colorScheme }) => {
		const state = { viewport: { width, height }, colorScheme };

		it("fits, says the verdict first, and has enough contrast", async () => {
			const { page, close } = await open(state);
			await answerWith(page, FULL);
			for (const more of DECISIONS) inspector.tell(decision(more.verdict, more));
			await rows(page)
				.nth(DECISIONS.length - 1)
				.waitFor();
			await rows(page).first().click();
			await page.locator("tr.detail h3").first().waitFor();
			await paste(page, COMMAND);
			await page.locator(".steps li").last().waitFor();
			expect(
				await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
				),
			).toBe(0);
			const seen = await verdict(page).boundingBox();
			expect(seen?.y).toBeGreaterThanOrEqual(0);
			expect((seen?.y ?? height) + (seen?.height ?? 0)).toBeLessThanOrEqual(height);
			const below = await page.locator("#details").boundingBox();
			expect(below?.y).toBeGreaterThan(seen?.y ?? 0);
			expect(await page.evaluate(poorContrasts)).toEqual([]);
			if (process.env.INSPECTOR_PICTURES)
				await page.screenshot({ path: `/tmp/inspector-${width}-${colorScheme}.png`, fullPage: true });
			await close();
		});

		it("explains and lists by keyboard alone", async () => {
			const { page, close } = await open(state);
			inspector.tell(decision("refuse", REFUSED));
			inspector.tell(decision("accept"));
			await rows(page).nth(1).waitFor();
			await page.keyboard.press("Tab");
			await page.keyboard.insertText(BAD);
			await page.keyboard.press("Control+Enter");
			await verdict(page).getByText("link_mismatch").waitFor();
			const steps = await page.getByRole("list", { name: "Steps" }).getByRole("listitem").allInnerTexts();
			expect(steps.map((text) => text.replace(/\s+/g, " ").split(" ").slice(0, 3).join(" "))).toEqual([
				"✓ passed: target",
				"✓ passed: route",
				"✗ failed: credential",
			]);
			await page.getByText("a line break at its end").first().waitFor();
			expect(await page.content()).not.toContain("canary");

			const isInRow = () => page.evaluate(() => document.activeElement?.matches("#decisions tbody tr"));
			for (let i = 0; i < 40 && !(await isInRow()); i++) await page.keyboard.press("Tab");
			expect(await isInRow()).toBe(true);
			await page.keyboard.press("ArrowDown");
			const outline = () =>
				page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
			expect(await outline()).toBe("solid");
			await page.keyboard.press("Enter");
			await page.getByText("The link is signed well and has expired.").waitFor();
			await page.keyboard.press("Escape");
			await expect.poll(() => page.locator("tr.detail").count()).toBe(0);
			expect(await isInRow()).toBe(true);
			await close();
		});
	});

	it("shows what is accepted, and what cannot be read", async () => {
		const { page, close } = await open();
		await paste(page, GOOD);
		await page.locator("#summary").getByText("Accepted").waitFor();
		await paste(page, "<img src=x onerror=alert(1)>");
		await page.locator("#summary.bad").getByText("Paste a URL, a curl line").waitFor();
		await paste(page, `https://docs.example.com/command?a=<script>alert(1)</script>`);
		await page.locator(".steps li").first().waitFor();
		expect(await page.locator("main script, main img").count()).toBe(0);
		await close();
	});

	it("shows every part of an explanation, as text", async () => {
		const { page, close } = await open();
		await answerWith(page, FULL);
		await paste(page, COMMAND);
		await page.getByText("Refused: the token has expired").waitFor();
		expect(await page.locator("mark").innerText()).toBe(
			'  "exp": 1763000000  2025-11-13T02:13:20Z, expired 3 days ago',
		);
		expect(await page.locator(".encoded span").allInnerTexts()).toEqual([
			HEADER,
			PAYLOAD,
			`${SIGNATURE.slice(0, 6)}…`,
		]);
		for (const text of ["<script>alert(1)</script>", "Compare the clocks.", "good for 74 years", "no exp."])
			await page.getByText(text).first().waitFor();
		await close();
	});

	it("asks for the host where the request names none of several", async () => {
		await inspector.stop();
		const { ORIGIN, ...secrets } = BINDINGS;
		const HOSTS = JSON.stringify({ "one.test": { ORIGIN }, "two.test": { ORIGIN } });
		inspector = await startInspector(readLocalHosts({ ...secrets, HOSTS }), 0);
		const { page, close } = await open();
		await page.getByRole("button", { name: "two.test: signed link" }).waitFor();
		await paste(page, GOOD);
		await verdict(page).getByText("Choose a host next to the button.").waitFor();
		await page.getByLabel("Host").selectOption("two.test");
		await page.getByRole("button", { name: "Explain" }).click();
		await verdict(page).getByText("Accepted").waitFor();
		await close();
	});

	it("offers real examples", async () => {
		const { page, close } = await open();
		const expected = {
			"signed link": "Accepted",
			"expired link": "link_expired",
			"link of another secret": "link_mismatch",
			command: "Accepted",
			"command with a bad token": "token_signature",
			"command with an old token": "token_expired",
		};
		for (const [title, text] of Object.entries(expected)) {
			await page.getByRole("button", { name: title, exact: true }).click();
			await verdict(page).getByText(text).waitFor();
		}
		expect(await page.getByRole("list", { name: "Try:" }).getByRole("button").count()).toBe(6);
		await close();
	});

	it("copies without credentials", async () => {
		const { page, close } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
		const copied = async (name: string) => {
			await page.getByRole("button", { name }).click();
			await page.getByRole("button", { name: "Copied" }).waitFor();
			const text = await page.evaluate(() => navigator.clipboard.readText());
			await page.getByRole("button", { name }).waitFor();
			return text;
		};
		await paste(page, `https://docs.example.com${BAD}`);
		await page.locator(".steps li").first().waitFor();
		for (const name of ["Copy as curl", "Copy as Markdown"]) {
			const text = await copied(name);
			expect(text).toContain("/cache/files/data/a/b.docx");
			expect(text).not.toContain(MD5);
		}
		await answerWith(page, FULL);
		await paste(page, COMMAND);
		await page.getByText("Refused: the token has expired").waitFor();
		const text = await copied("Copy as Markdown");
		expect(text).toContain("token_expired");
		for (const part of [HEADER, PAYLOAD, SIGNATURE]) expect(text).not.toContain(part);
		await close();
	});

	it("shows and counts decisions, those before the page was opened included", async () => {
		inspector.tell(decision("accept", { key: "now" }));
		inspector.tell('{"level":"error","binding":"ORIGIN"}');
		const { page, close } = await open();
		await page.getByRole("cell", { name: "✓ accept" }).waitFor();
		for (let i = 0; i < 2; i++) inspector.tell(decision("refuse", REFUSED));
		inspector.tell(decision("accept", { reason: "origin_unreachable", status: 502, cache: "miss" }));
		await expect.poll(() => rows(page).count()).toBe(4);
		await expect
			.poll(() => counts(page))
			.toEqual({ link_expired: "2", accepted: "1", origin_unreachable: "1" });
		expect(await rows(page).first().getAttribute("class")).toBe("note");
		expect(await rows(page).first().locator("td.verdict").innerText()).toBe("! failed");
		await expect
			.poll(() => page.locator("#verdicts figcaption").innerText())
			.toContain("1 accepted, 2 refused, 1 failed");
		expect(await page.locator("#latencies circle").count()).toBe(4);
		await rows(page).first().click();
		await page.getByText("origin_unreachable: reason").waitFor();
		await close();
	});

	it("counts a line for as many requests as it stands for, and shows what no column shows", async () => {
		const { page, close } = await open();
		inspector.tell(decision("accept", { sampled: 10 }));
		inspector.tell(decision("refuse", { reason: "socket_packet", status: undefined, client: "203.0.113.7" }));
		await expect.poll(() => counts(page)).toEqual({ accepted: "10", socket_packet: "1" });
		expect(await rows(page).first().locator("td.status").innerText()).toBe("");
		await page.getByLabel("Filter").fill("203.0.113.7");
		await expect.poll(() => rows(page).count()).toBe(1);
		await rows(page).first().click();
		await page.getByText("client: 203.0.113.7").waitFor();
		await close();
	});

	it("filters and pauses", async () => {
		const { page, close } = await open();
		for (let i = 0; i < 3; i++) inspector.tell(decision("accept"));
		inspector.tell(decision("refuse", { ...REFUSED, host: "other.example.com" }));
		await expect.poll(() => rows(page).count()).toBe(4);
		await page.getByLabel("Filter").fill("other EXPIRED");
		await expect.poll(() => rows(page).count()).toBe(1);
		await page.getByText("1 of 4 match.").waitFor();
		await page.getByLabel("Filter").fill("");
		await page.getByRole("button", { name: "accepted 3" }).click();
		await expect.poll(() => rows(page).count()).toBe(3);
		await page.getByRole("button", { name: "accepted 3" }).click();
		await expect.poll(() => rows(page).count()).toBe(4);

		await page.getByRole("button", { name: "Pause" }).click();
		for (let i = 0; i < 2; i++) inspector.tell(decision("accept"));
		await page.getByRole("button", { name: "Resume (2 new)" }).waitFor();
		expect(await rows(page).count()).toBe(4);
		await expect.poll(async () => (await counts(page)).accepted).toBe("5");
		await page.getByRole("button", { name: "Resume (2 new)" }).click();
		await expect.poll(() => rows(page).count()).toBe(6);
		await close();
	});

	it("a reconnect counts no decision twice", async () => {
		const sockets = new Set<Socket>();
		const proxy = createServer((client) => {
			const server = connect(Number(new URL(inspector.url).port), "127.0.0.1");
			for (const socket of [client, server]) {
				sockets.add(socket);
				socket.on("error", () => undefined);
			}
			client.pipe(server).pipe(client);
		});
		await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
		const page = await browser.newPage();
		await page.goto(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
		for (let i = 0; i < 3; i++) inspector.tell(decision("accept"));
		await expect.poll(() => counts(page)).toEqual({ accepted: "3" });
		for (const socket of sockets) socket.destroy();
		await page.locator("#connection.lost").waitFor();
		inspector.tell(decision("refuse", REFUSED));
		await page.locator("#connection.live").waitFor();
		await expect.poll(() => counts(page)).toEqual({ accepted: "3", link_expired: "1" });
		expect(await rows(page).count()).toBe(4);
		await page.close();
		for (const socket of sockets) socket.destroy();
		proxy.close();
	});

	it("a restarted edge is counted from its first decision", async () => {
		const page = await browser.newPage();
		await page.goto(inspector.url);
		for (let i = 0; i < 3; i++) inspector.tell(decision("accept"));
		await expect.poll(() => counts(page)).toEqual({ accepted: "3" });
		await inspector.stop();
		await page.locator("#connection.lost").waitFor();
		inspector = await startInspector(readLocalHosts(BINDINGS), Number(new URL(inspector.url).port));
		inspector.tell(decision("refuse", REFUSED));
		await expect.poll(() => counts(page)).toEqual({ accepted: "3", link_expired: "1" });
		await page.close();
	});

	it("keeps a bounded number of rows", async () => {
		const { page, close } = await open();
		await page.locator("#connection.live").waitFor();
		for (let i = 0; i < 150; i++) inspector.tell(decision("accept"));
		await expect.poll(() => counts(page)).toEqual({ accepted: "150" });
		expect(await rows(page).count()).toBe(100);
		expect(await page.locator("#latencies circle").count()).toBe(100);
		await close();
	});
});

const DECISIONS = [
	{ method: "GET", route: "open", verdict: "accept", status: 200, ms: 3 },
	{ route: "cached-file", verdict: "accept", key: "2026-11", status: 200, ms: 12, cache: "miss" },
	{ method: "POST", route: "convert", verdict: "accept", key: "nextcloud", status: 200, ms: 940 },
	{ method: "POST", route: "command", verdict: "refuse", reason: "token_signature", status: 200, ms: 2 },
	{ route: "cached-file", verdict: "accept", reason: "origin_timeout", status: 504, ms: 30000 },
	{ route: "socket", verdict: "accept", key: "2026-11", status: 101, ms: 25 },
	{ route: "cached-file", verdict: "refuse", ...REFUSED },
];

/** Runs in the page. @returns each text whose contrast is less than 4.5 to 1 (WCAG 2.2, 1.4.3) */
function poorContrasts(): string[] {
	const numbers = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
	const luminance = (colour: string) => {
		const [r = 0, g = 0, b = 0] = numbers(colour).map((value) => {
			const share = value / 255;
			return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const groundOf = (element: Element | null): string => {
		if (element === null) return "rgb(255, 255, 255)";
		const colour = getComputedStyle(element).backgroundColor;
		return numbers(colour)[3] === 0 ? groundOf(element.parentElement) : colour;
	};
	const poor: string[] = [];
	for (const element of document.querySelectorAll("body *")) {
		const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim());
		if (!hasText || element.getClientRects().length === 0) continue;
		const [one, other] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
		const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
		if (ratio < 4.5) poor.push(`${element.textContent} ${ratio.toFixed(1)}`);
	}
	return poor;
}

describe("the copied texts", () => {
	const wopi = "X-WOPI-Proof: c2lnbmF0dXJlLW9mLXRoZS1wcm9vZg==";
	it.each([
		`https://h/cache/files/a?md5=${MD5}&expires=1`,
		`https://h/x?url=https%3A%2F%2Fh%2Fa%3Fmd5%3D${MD5}%26expires%3D1`,
		`https://h/cache/files/a?sha256=${SIGNATURE}&expires=1`,
		`https://h/x?token=${TOKEN}`,
		`https://h/x?access_token=${SIGNATURE}`,
		`curl https://h/x -H 'Authorization: Bearer ${TOKEN}'`,
		`curl https://h/x -H "AuthorizationJwt: Bearer ${SIGNATURE}"`,
		`curl https://h/x -H '${wopi}'`,
		`curl https://h/x -H 'Cookie: session=${SIGNATURE}'`,
		`curl https://h/x -u admin:${SIGNATURE}`,
		`curl https://admin:${SIGNATURE}@h/x`,
		`curl https://h/x -d '{"token":"${TOKEN}"}'`,
		`curl https://h/x -d '{"token": "${SIGNATURE}"}'`,
		`curl https://h/x -d "{\\"token\\":\\"${SIGNATURE}\\"}"`,
		`https://h/x?cmd=%7B%22token%22%3A%22${SIGNATURE}%22%7D`,
		`POST /command HTTP/1.1\r\nHost: h\r\nX-Api-Key: ${SIGNATURE}\r\n\r\n{"token":"${SIGNATURE}"}`,
		TOKEN,
		`Bearer ${TOKEN}`,
	])("hold no credential: %s", (pasted) => {
		const { redacted: _, ...explanation } = FULL;
		// A step may repeat a part of the request.
		const steps = [{ name: "credential", ok: false, text: `the edge read ${pasted}, and ${MD5}` }];
		for (const text of [curlOf(explanation, pasted), markdownOf({ ...explanation, steps }, pasted)]) {
			for (const part of [HEADER, PAYLOAD, SIGNATURE, "c2lnbmF0dXJl"]) expect(text).not.toContain(part);
			if (pasted.includes(MD5)) expect(text).not.toContain(MD5);
		}
	});
	it.each([
		"https://eyewitness.documents.example.com/cache/files/data/a/output.docx?expires=1&filename=a.docx",
		"command: a token: header (inbox secret), then body (inbox secret)",
		"The token is signed with another secret. Look for a second Bearer, padding (=) or white space.",
		"string to sign: 4102444800/cache/files/data/a/b.docx<secret>",
	])("keep what is no credential: %s", (text) => {
		expect(cutCredentials(text)).toBe(text);
	});
	it("are one block of code, whatever the request holds", () => {
		const { redacted: _, ...explanation } = FULL;
		const markdown = markdownOf(explanation, "https://h/x?a=````<script>");
		expect(markdown.startsWith("`````text\n")).toBe(true);
		expect(markdown.endsWith("\n`````\n")).toBe(true);
	});
});

describe("the stream of decisions", () => {
	const read = async (lastId?: string) => {
		const response = await fetch(`${inspector.url}/decisions`, {
			headers: lastId === undefined ? {} : { "Last-Event-ID": lastId },
		});
		const reader = response.body?.getReader();
		let text = "";
		// The first piece holds all that is kept; a marker shows that nothing else follows.
		const marker = `marker ${++lines}`;
		inspector.tell(JSON.stringify({ time: marker }));
		while (!text.includes(marker)) text += new TextDecoder().decode((await reader?.read())?.value);
		await reader?.cancel();
		return [...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? "");
	};
	it("goes on after the last id that the browser has", async () => {
		for (let i = 0; i < 5; i++) inspector.tell(decision("accept"));
		const ids = await read();
		expect(new Set(ids).size).toBe(6);
		expect(await read(ids[3])).toHaveLength(3);
		expect(await read("another-3")).toHaveLength(8);
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
	it.each(["/", "/examples", "/decisions", "/describe/open"])(
		"a Host header that is not this machine's is refused: %s",
		async (target) => {
			expect((await send("GET", target, { Host: "evil.test" })).status).toBe(403);
		},
	);
	it("a request of another site's page is refused", async () => {
		const { host } = new URL(inspector.url);
		expect((await send("POST", "/explain", { Host: host, Origin: "http://evil.test" })).status).toBe(404);
		expect((await send("POST", "/explain", { Host: host })).status).toBe(200);
	});
	it("the page allows no inline script and no inline style", async () => {
		const { headers } = await send("GET", "/", { Host: new URL(inspector.url).host });
		expect(headers["content-security-policy"]).toContain("default-src 'none'");
		expect(headers["content-security-policy"]).not.toContain("unsafe");
	});
	it("a body that is too long is refused", async () => {
		const { host } = new URL(inspector.url);
		const body = Buffer.alloc(1024 * 1024 + 1, 97);
		const response = await sendRaw(new URL(inspector.url), {
			method: "POST",
			target: "/explain",
			headers: { Host: host },
			body,
		});
		expect(response.status).toBe(413);
	});
});

describe("a client that breaks off", () => {
	const failures: unknown[] = [];
	const fail = (error: unknown) => failures.push(error);
	beforeAll(() => {
		process.on("unhandledRejection", fail);
		process.on("uncaughtException", fail);
	});
	afterAll(() => {
		process.off("unhandledRejection", fail);
		process.off("uncaughtException", fail);
	});
	const breakOff = (text: string) =>
		new Promise<void>((resolve) => {
			const { port, host } = new URL(inspector.url);
			const socket = connect(Number(port), "127.0.0.1", () => {
				socket.write(text.replace("HOST", host), () => setTimeout(() => socket.resetAndDestroy(), 50));
			});
			socket.on("error", () => undefined);
			socket.on("close", () => resolve());
		});
	it.each([
		["in the middle of a POST", "POST /explain HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1000\r\n\r\n/cache"],
		["in a chunk", "POST /explain HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"],
		["in the stream", "GET /decisions HTTP/1.1\r\nHost: HOST\r\n\r\n"],
	])("%s does not end the process", async (_, text) => {
		await breakOff(text);
		inspector.tell(decision("accept"));
		await new Promise((resolve) => setTimeout(resolve, 50));
		const { status } = await fetch(`${inspector.url}/examples`);
		expect(status).toBe(200);
		expect(failures).toEqual([]);
	});
});
