/**
 * The deployment that operators copy. Protects against a rollout of another version than the one that was tested, against
 * a failed rollout that stays, and against commands that do not exist. Its scripts run here, with programs in the place of
 * wrangler and docs-edge that write down how they were called.
 */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { commands } from "../../local/api-lists.ts";
import { parseYaml } from "../../local/yaml.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

interface Step {
	readonly id?: string;
	readonly name?: string;
	readonly if?: string;
	readonly run?: string;
	readonly env?: Readonly<Record<string, string>>;
}
const workflow = Object(parseYaml(readFileSync(join(ROOT, "docs/deploy-workflow.yml"), "utf8")));
const STEPS: readonly Step[] = workflow.jobs.deploy.steps;
const scripts = STEPS.map((step) => step.run ?? "").join("\n");

/** Writes down each call, and answers as wrangler does: `deployments status --json`, and the file of `versions upload`. */
const NPX = `#!/bin/sh
echo "$*" >> calls.txt
case "$*" in
	"wrangler deployments status --json") cat deployments.json ;;
	"wrangler versions upload"*) printf '%s\\n' '{"type":"wrangler-session","version":1}' '{"type":"version-upload","version_id":"new-id","preview_url":"https://new.example"}' > "$WRANGLER_OUTPUT_FILE_PATH" ;;
esac
case "$*" in *"$FAILS") exit 1 ;; esac
`;
const NOTHING = "#!/bin/sh\nexit 0\n";
const ONE_VERSION = '{"versions":[{"version_id":"old-id","percentage":100}]}';
const SPLIT = '{"versions":[{"version_id":"a","percentage":10},{"version_id":"b","percentage":90}]}';

/** Runs the steps as GitHub does: in order, each with its own environment, and after a failure only those that say so. */
async function deploy(fails: string, deployments = ONE_VERSION): Promise<string[]> {
	const folder = mkdtempSync(join(tmpdir(), "edge-deploy-"));
	for (const [program, text] of Object.entries({ npx: NPX, npm: NOTHING, sleep: NOTHING })) {
		writeFileSync(join(folder, program), text);
		chmodSync(join(folder, program), 0o755);
	}
	writeFileSync(join(folder, "deployments.json"), deployments);
	writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
	const outputs: Record<string, string> = { "vars.EDGE_URL": "https://edge.example" };
	const ended = new Set<string>();
	let hasFailed = false;
	const fill = (text: string) =>
		text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, name: string) => outputs[name] ?? `(${name})`);
	for (const step of STEPS) {
		const isWanted = step.if === undefined ? !hasFailed : hasFailed && ended.has("rollout");
		if (step.run === undefined || !isWanted) continue;
		const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text)]));
		const output = join(folder, "output.txt");
		writeFileSync(output, "");
		const path = `${folder}:${process.env.PATH}`;
		const github = { GITHUB_OUTPUT: output, GITHUB_SHA: "0123456789abcdef", GITHUB_REF_NAME: "main" };
		await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
			cwd: folder,
			env: { PATH: path, FAILS: fails, ...github, ...env },
		}).catch(() => {
			hasFailed = true;
		});
		if (step.id !== undefined) ended.add(step.id);
		for (const line of readFileSync(output, "utf8").split("\n")) {
			const [name = "", value = ""] = line.split("=");
			outputs[`steps.${step.id}.outputs.${name}`] = value;
		}
	}
	const calls = existsSync(join(folder, "calls.txt")) ? readFileSync(join(folder, "calls.txt"), "utf8") : "";
	rmSync(folder, { recursive: true });
	return calls.trim().split("\n");
}

const UPLOADED = [
	"wrangler deployments status --json",
	"wrangler versions upload --tag 0123456789ab --message main",
	"docs-edge doctor --edge https://new.example",
];
const AT_10 = [
	"wrangler versions deploy new-id@10 old-id@90 --yes",
	"docs-edge doctor --edge https://edge.example",
];
const AT_50 = [
	"wrangler versions deploy new-id@50 old-id@50 --yes",
	"docs-edge doctor --edge https://edge.example",
];
const AT_100 = ["wrangler versions deploy new-id@100 --yes", "docs-edge doctor --edge https://edge.example"];
const BACK = ["wrangler rollback old-id --yes --message the rollout of new-id failed"];

describe("a deployment", () => {
	it("tests the new version, and gives it 10, 50, 100 percent of the requests", async () => {
		expect(await deploy("nothing fails")).toEqual([...UPLOADED, ...AT_10, ...AT_50, ...AT_100]);
	});
	it.each([
		["a fault at the smoke test deploys nothing", "--edge https://new.example", UPLOADED],
		["a fault at 10 percent goes back", "--edge https://edge.example", [...UPLOADED, ...AT_10, ...BACK]],
		[
			"a deployment that fails goes back",
			"new-id@50 old-id@50 --yes",
			[...UPLOADED, ...AT_10, ...AT_50.slice(0, 1), ...BACK],
		],
		[
			"a fault at 100 percent goes back",
			"new-id@100 --yes",
			[...UPLOADED, ...AT_10, ...AT_50, ...AT_100.slice(0, 1), ...BACK],
		],
		["an upload that fails deploys nothing", "--message main", UPLOADED.slice(0, 2)],
	])("%s", async (_, fails, calls) => expect(await deploy(fails)).toEqual(calls));
	it("does not begin while another rollout is under way", async () => {
		expect(await deploy("nothing fails", SPLIT)).toEqual(UPLOADED.slice(0, 1));
	});
});

describe("its commands", () => {
	const calls = (program: string) => [
		...new Set(
			[...scripts.matchAll(new RegExp(`npx ${program} ([^|>\\n]+)`, "g"))].map(([, call = ""]) =>
				call.trim(),
			),
		),
	];
	const optionsOf = (call: string) => call.match(/(?<= )--[\w-]+/g) ?? [];

	it.each(calls("docs-edge"))("docs-edge %s", (call) => {
		const known = [...commands()].find(([name]) => call.startsWith(name.replace(/ [<[].*/, "")));
		expect(known?.[1]).toEqual(expect.arrayContaining(optionsOf(call)));
	});
	it.each(calls("wrangler"))("wrangler %s", async (call) => {
		const words = call.split(/ (?=["-])/)[0]?.split(" ") ?? [];
		const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
		const { stdout } = await run(process.execPath, [wrangler, ...words, "--help"], { cwd: ROOT });
		expect(stdout).toContain(`wrangler ${words.join(" ")}`);
		for (const option of optionsOf(call)) expect(stdout).toMatch(new RegExp(`${option}\\b`));
	});
});

describe("its secrets", () => {
	const RUNS_FOREIGN_CODE = /npm (?:ci|run)/;
	it("are given to no step that runs scripts of packages", () => {
		expect(workflow.env).toBeUndefined();
		expect(workflow.jobs.deploy.env).toBeUndefined();
		for (const step of STEPS.filter((one) => RUNS_FOREIGN_CODE.test(one.run ?? "")))
			expect(step.env).toBeUndefined();
	});
	it("stand in no script: a script's text may be printed", () => expect(scripts).not.toContain("${{"));
	it("the workflow may only read the repository", () => {
		expect(workflow.permissions).toEqual({ contents: "read" });
	});
});
