/**
 * Requests to try in the inspector, signed with the keys of the hosts on this machine.
 */
import { randomUUID } from "node:crypto";
import type { LocalHosts } from "../../src/cli/local-host.ts";
import { signLink } from "../../src/cli/sign.ts";
import type { Host } from "../../src/config/host.ts";
import { createKey, type Key } from "../../src/config/secrets/key-ring.ts";
import { commandLine, EXAMPLE_FILE, EXAMPLE_HOSTS } from "../example-requests.ts";

export interface Example {
	readonly title: string;
	/** As it is pasted: a URL or a curl line. */
	readonly request: string;
}

const HOUR_SECONDS = 3600;
const THREE_DAYS_SECONDS = 3 * 24 * HOUR_SECONDS;

export async function makeExamples({ names, find }: LocalHosts, nowMs: number): Promise<Example[]> {
	// Without names the edge serves one host, under any name.
	const hostnames = names.length === 0 ? ["docs.example.com"] : names.slice(0, EXAMPLE_HOSTS);
	const made = hostnames.map(async (name) => {
		const hostname = name.replace("*", "any");
		const host = await find(hostname);
		const examples = host ? await examplesOf(host, hostname, Math.floor(nowMs / 1000)) : [];
		if (hostnames.length === 1) return examples;
		return examples.map(({ title, request }) => ({ title: `${hostname}: ${title}`, request }));
	});
	return (await Promise.all(made)).flat();
}

async function examplesOf(host: Host, hostname: string, nowSeconds: number): Promise<Example[]> {
	// An integration has other routes. There, none of these requests would need a credential.
	if (host.integration !== undefined) return [];
	const { keys, tokenHeader, origin } = host;
	const site = `https://${hostname}${origin?.forwardedPrefix ?? ""}`;
	const link = keys.link.keys[0];
	const inbox = keys.inbox.keys[0];
	const examples: Example[] = [];
	if (link) {
		const sign = (seconds: number, key: Key) =>
			site + signLink(EXAMPLE_FILE, nowSeconds + seconds, key, "output.docx");
		examples.push(
			{ title: "signed link", request: sign(HOUR_SECONDS, link) },
			{ title: "expired link", request: sign(-THREE_DAYS_SECONDS, link) },
			// Secrets that are read from files often have a line break at their end.
			{
				title: "link of another secret",
				request: sign(HOUR_SECONDS, createKey("wrong", `${link.secret}\n`)),
			},
		);
	}
	if (inbox) {
		const command = (key: Key, seconds: number) => commandLine(site, tokenHeader, key, nowSeconds + seconds);
		examples.push(
			{ title: "command", request: await command(inbox, HOUR_SECONDS) },
			{
				title: "command with a bad token",
				request: await command(createKey("bad", randomUUID()), HOUR_SECONDS),
			},
			{ title: "command with an old token", request: await command(inbox, -THREE_DAYS_SECONDS) },
		);
	}
	return examples;
}
