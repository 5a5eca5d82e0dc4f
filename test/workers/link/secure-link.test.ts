/**
 * Secure links: every measured case that a `Request` can hold, and the rules that need their own clock. Protects
 * against a link that nginx would refuse.
 */
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey, createRing } from "../../../src/config/secrets/key-ring.ts";
import { decide } from "../../../src/decide.ts";
import { verifyDocServiceLink } from "../../../src/link/doc-service-link.ts";
import { signSecureLink, verifySecureLink } from "../../../src/link/secure-link.ts";
import vectors from "../../vectors/secure-link.json" with { type: "json" };
import { NOW_SECONDS, ring } from "../support/keys.ts";

const host = readHost(
	{
		ORIGIN: "http://origin.test",
		JWT_SECRET: "unused here",
		SECURE_LINK_SECRET: vectors.secret,
	},
	NOW_SECONDS,
);
const STATUS_OF = {
	target_malformed: 400,
	target_too_long: 414,
	path_ambiguous: 404,
	link_unsigned: 403,
	link_malformed: 403,
	link_mismatch: 403,
	link_expired: 410,
} as const;
/** `Request` refuses these methods. */
const UNSENDABLE = ["TRACE", "CONNECT", "_X"];

describe("measured on nginx", () => {
	const sendable = vectors.vectors.filter(
		({ wire, method, target }) => !wire && !UNSENDABLE.includes(method) && target.startsWith("/"),
	);
	it("has its cases", () => expect(sendable.length).toBeGreaterThan(400));
	it.each(sendable)("$id: $nginx_status", async ({ method, target, nginx_status }) => {
		const request = new Request(`http://edge.test${target}`, { method });
		const decision = await decide(request, host, NOW_SECONDS * 1000);
		const status = decision.ok ? 204 : STATUS_OF[decision.reason as keyof typeof STATUS_OF];
		const notACachedFile = decision.route.id === "open" || decision.route.id === "storage-file";
		expect(nginx_status === 404 && notACachedFile ? 404 : status).toBe(nginx_status);
	});
});

describe("expiry", () => {
	const uri = "/cache/files/data/k/a.docx/a.docx";
	const key = createKey("key", "a link secret");
	const at = (expires: string, md5 = signSecureLink(uri, expires, key)) => {
		const verdict = verifySecureLink({ uri, md5, expires }, createRing([key]), NOW_SECONDS);
		return verdict.ok ? "accepted" : verdict.reason;
	};
	it.each([
		[String(NOW_SECONDS + 1), "accepted"],
		[String(NOW_SECONDS), "accepted"],
		[String(NOW_SECONDS - 1), "link_expired"],
		[`000${NOW_SECONDS}`, "accepted"],
		["9223372036854775807", "accepted"],
		["9223372036854775808", "link_malformed"],
		["9223372036854777856", "link_malformed"],
		["9".repeat(4000), "link_malformed"],
		[`${"0".repeat(4000)}9223372036854775807`, "accepted"],
		["0", "link_malformed"],
		["-1", "link_malformed"],
		["1e9", "link_malformed"],
		["", "link_unsigned"],
	])("%s: %s", (expires, outcome) => expect(at(expires)).toBe(outcome));
	it("is checked after the signature, as in nginx", () => {
		expect(at(String(NOW_SECONDS - 1), "AAAAAAAAAAAAAAAAAAAAAA")).toBe("link_mismatch");
	});
});

describe("why a link is refused", () => {
	const uri = "/cache/files/data/k/a.docx/a.docx";
	const key = createKey("key", "a link secret");
	const expires = String(NOW_SECONDS);
	const good = signSecureLink(uri, expires, key);
	it.each([
		["", "", "link_unsigned"],
		["", expires, "link_unsigned"],
		[good, "", "link_unsigned"],
		["", "x", "link_malformed"],
		[good, "x", "link_malformed"],
		[good.slice(0, 21), expires, "link_malformed"],
		[`${good}A`, expires, "link_malformed"],
		[`${good.slice(0, 21)}+`, expires, "link_malformed"],
		[`=${good}`, expires, "link_malformed"],
		[`${good}=`, expires, "accepted"],
		[`${good}=A`, expires, "accepted"],
		[`${good}=AAA`, expires, "link_malformed"],
		[",", "", "link_malformed"],
		[`${good},`, expires, "link_malformed"],
		[`${good},${expires}`, "", "link_malformed"],
		[good, `,${expires}`, "link_malformed"],
	])("md5 %j, expires %j: %s", (md5, until, outcome) => {
		const verdict = verifySecureLink({ uri, md5, expires: until }, createRing([key]), NOW_SECONDS);
		expect(verdict.ok ? "accepted" : verdict.reason).toBe(outcome);
	});
	it.each([1, 2, 86_400])("a link that expired %d seconds ago says so", (seconds) => {
		const until = String(NOW_SECONDS - seconds);
		const link = { uri, expires: until, md5: signSecureLink(uri, until, key) };
		expect(verifySecureLink(link, createRing([key]), NOW_SECONDS)).toEqual({
			ok: false,
			reason: "link_expired",
			expiredBySeconds: seconds,
		});
	});
});

describe("the longest lifetime, MAX_LINK_LIFETIME_SECONDS", () => {
	const uri = "/cache/files/data/k/a.docx/a.docx";
	const key = createKey("key", "a link secret");
	it.each([
		[3600, 3600, "accepted"],
		[3601, 3600, "link_lifetime"],
		[3599, 3600, "accepted"],
		[0, 1, "accepted"],
		[-1, 1, "link_expired"],
		[1, 1, "accepted"],
		[2, 1, "link_lifetime"],
		[10 ** 9, 0, "accepted"],
	])("a link for %d seconds, limit %d: %s", (lifetime, limit, outcome) => {
		const expires = String(NOW_SECONDS + lifetime);
		const link = { uri, expires, md5: signSecureLink(uri, expires, key) };
		const verdict = verifySecureLink(link, createRing([key]), NOW_SECONDS, limit);
		expect(verdict.ok ? "accepted" : verdict.reason).toBe(outcome);
	});
});

describe("keys", () => {
	const link = (secret: string) => {
		const expires = String(NOW_SECONDS);
		return {
			uri: "/cache/files/a/b",
			expires,
			md5: signSecureLink("/cache/files/a/b", expires, createKey("key", secret)),
		};
	};
	it("every key of the ring is accepted and named", () => {
		expect(verifySecureLink(link("two"), ring("one", "two"), NOW_SECONDS)).toEqual({
			ok: true,
			keyName: "key-1",
		});
	});
	it("the key that matched is tried first the next time", () => {
		const keys = ring("one", "two", "three");
		verifySecureLink(link("two"), keys, NOW_SECONDS);
		expect(keys.candidates(NOW_SECONDS)[0]?.name).toBe("key-1");
		verifySecureLink(link("none of them"), keys, NOW_SECONDS);
		expect(keys.candidates(NOW_SECONDS)[0]?.name).toBe("key-1");
	});
	it("an empty ring accepts no link, not even one signed with the empty secret", () => {
		expect(verifySecureLink(link(""), createRing([]), NOW_SECONDS)).toEqual({
			ok: false,
			reason: "link_mismatch",
		});
	});
});

describe("DocService's own reading, for the files that it serves itself", () => {
	const key = createKey("key", "a link secret");
	const path = "/storage-cache/files/data/k%20k/a.docx";
	const expires = String(NOW_SECONDS + 60);
	const md5 = signSecureLink("/storage-cache/files/data/k k/a.docx", expires, key);
	const verdict = (target: string, query: string) => {
		const outcome = verifyDocServiceLink({ path: target, query }, createRing([key]), NOW_SECONDS);
		return outcome.ok ? "accepted" : outcome.reason;
	};
	it.each([
		[path, `md5=${md5}&expires=${expires}`, "accepted"],
		["/Storage-Cache/Files/DATA/k%20k/a.docx", `md5=${md5}&expires=${expires}`, "accepted"],
		[path, `MD5=${md5}&expires=${expires}`, "link_unsigned"],
		[path, `md5=${md5}&md5=${md5}&expires=${expires}`, "link_malformed"],
		[path, `md5=${md5}==&expires=${expires}`, "link_mismatch"],
		[path, `md5=${md5}&expires=abc`, "link_unsigned"],
		["/storage-cache/files/data/%zz", `md5=${md5}&expires=${expires}`, "link_malformed"],
	])("%s?%s: %s", (target, query, outcome) => expect(verdict(target, query)).toBe(outcome));
	it.each([
		[1, { ok: true, keyName: "key" }],
		[0, { ok: true, keyName: "key" }],
		[-1, { ok: false, reason: "link_expired", expiredBySeconds: 1 }],
		[-60, { ok: false, reason: "link_expired", expiredBySeconds: 60 }],
	])("a link that expires in %d seconds", (seconds, expected) => {
		const until = String(NOW_SECONDS + seconds);
		const signed = signSecureLink("/storage-cache/files/data/k k/a.docx", until, key);
		const query = `md5=${signed}&expires=${until}`;
		expect(verifyDocServiceLink({ path, query }, createRing([key]), NOW_SECONDS)).toEqual(expected);
	});
	it("a link is accepted only if nginx's reading agrees", async () => {
		const good = `http://h${path}?md5=${md5}&expires=${expires}`;
		const onlyDocService = `http://h${path.replace("Storage", "S").replace("/storage", "/STORAGE")}?md5=${md5}&expires=${expires}`;
		const linkHost = readHost(
			{
				ORIGIN: "http://o",
				JWT_SECRET: "unused here",
				SECURE_LINK_SECRET: "a link secret",
			},
			NOW_SECONDS,
		);
		expect((await decide(new Request(good), linkHost, NOW_SECONDS * 1000)).ok).toBe(true);
		expect((await decide(new Request(onlyDocService), linkHost, NOW_SECONDS * 1000)).ok).toBe(false);
		const prefixed = `http://h/9.1.0-2/cache/files/data/a/b?expires=${expires}&md5=`;
		const prefixedMd5 = signSecureLink("/cache/files/data/a/b", expires, key);
		expect((await decide(new Request(prefixed + prefixedMd5), linkHost, NOW_SECONDS * 1000)).ok).toBe(true);
	});
});
