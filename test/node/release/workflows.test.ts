/**
 * The workflows, and the example that operators copy. Protects against an action that its owner can exchange, and against
 * a file of a release that nobody attested.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkActions } from "../../../local/release/checks/actions.ts";
import { checkProvenance } from "../../../local/release/checks/provenance.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const COMMIT = "34e114876b0b11c390a56381ad16ebd13914f8d5";
const DIGEST = "a".repeat(64);
const workflow = (...uses: readonly string[]) =>
	`jobs:\n  one:\n    steps:\n${uses.map((action) => `      - uses: ${action}\n`).join("")}`;

describe("pinned actions", () => {
	const check = (text: string) => checkActions([{ path: "x.yml", text }]);
	it.each([
		`actions/checkout@${COMMIT} # v4.3.1`,
		`actions/cache/save@${COMMIT} # v4`,
		`"actions/checkout@${COMMIT}" # v4.3.1`,
		"./.github/actions/own",
		`docker://node@sha256:${DIGEST}`,
	])("%s", (action) => expect(check(workflow(action)).mark).toBe("good"));
	it.each([
		["actions/checkout@v4", "actions/checkout@v4 is not pinned to a commit"],
		["actions/checkout@v4 # v4.3.1", "actions/checkout@v4 is not pinned to a commit"],
		[
			`actions/checkout@${COMMIT.slice(1)} # v4`,
			`actions/checkout@${COMMIT.slice(1)} is not pinned to a commit`,
		],
		["actions/checkout", "actions/checkout is not pinned to a commit"],
		["docker://node:24", "docker://node:24 is not pinned to a commit"],
		[`actions/checkout@${COMMIT}`, `actions/checkout@${COMMIT} has no version beside it, as in # v4.3.1`],
		[
			`actions/checkout@${COMMIT} # main`,
			`actions/checkout@${COMMIT} has no version beside it, as in # v4.3.1`,
		],
	])("%s is a fault", (action, fault) => {
		expect(check(workflow(action))).toMatchObject({ mark: "bad", more: [`x.yml: ${fault}`] });
	});
	it.each([
		["a reusable workflow", "jobs:\n  one:\n    uses: o/r/.github/workflows/x.yml@main"],
		["a flow mapping", "jobs: { one: { steps: [{ uses: o/r@v1 }] } }"],
		["a quoted key", 'jobs:\n  one:\n    steps:\n      - "uses": o/r@v1'],
	])("an action in %s is seen", (_, text) => expect(check(text).mark).toBe("bad"));
	it("the second of two without a version is seen", () => {
		const text = workflow(`o/r@${COMMIT} # v1`, `o/r@${COMMIT}`);
		expect(check(text).mark).toBe("bad");
	});
	it("no workflow at all is a fault", () => expect(checkActions([]).mark).toBe("bad"));
	it("a file that cannot be read is none", () => expect(() => check("jobs: &x\n")).toThrow());
	it("all of this project are pinned", () => {
		const paths = [".github/workflows/*.yml", "docs/*.yml"].flatMap((pattern) =>
			globSync(pattern, { cwd: ROOT }),
		);
		expect(paths).toContain("docs/deploy-workflow.yml");
		expect(checkActions(paths.map((path) => ({ path, text: read(path) }))).more).toEqual([]);
	});
});

const RELEASE = `jobs:
  test:
    steps:
      - run: .ci/run
  release:
    permissions:
      contents: write
      id-token: write
      attestations: write
    steps:
      - run: npm run release:check
      - uses: actions/attest-build-provenance@${COMMIT} # v4.1.0
        with:
          subject-path: release/*
      - run: |
          gh release create "$TAG" --notes-file notes.md release/*
`;

describe("provenance", () => {
	it("of the same files, before they are published, is good", () => {
		expect(checkProvenance(RELEASE)).toMatchObject({ mark: "good", more: [] });
		expect(checkProvenance(RELEASE.replace("attest-build-provenance", "attest")).mark).toBe("good");
	});
	it.each([
		["id-token: write", "id-token: read", "the job has no permission id-token: write"],
		["      attestations: write\n", "", "the job has no permission attestations: write"],
		[
			"subject-path: release/*",
			"subject-path: release/*.tgz",
			"release/* is published, and release/*.tgz is attested",
		],
		["notes.md release/*", "notes.md release/* x.zip", "x.zip is published, and release/* is attested"],
		[
			"notes.md release/*",
			"notes.md x.zip \\\n            release/*",
			"x.zip is published, and release/* is attested",
		],
		["notes.md release/*", "notes.md", "the release has no file"],
		[`actions/attest-build-provenance@${COMMIT}`, `actions/cache@${COMMIT}`, "no step attests the build"],
	])("%s → %s", (from, to, fault) => {
		expect(checkProvenance(RELEASE.replace(from, to))).toMatchObject({ mark: "bad", more: [fault] });
	});
	it("after the release is too late", () => {
		const [head = "", attest = "", publish = ""] = RELEASE.split(
			/(?= {6}- uses: actions\/attest)|(?= {6}- run: \|)/,
		);
		const more = ["the files are attested after they are published"];
		expect(checkProvenance(head + publish + attest)).toMatchObject({ mark: "bad", more });
	});
	it("permissions of another job do not count", () => {
		const moved = RELEASE.replace(/ {4}permissions:\n(?: {6}.*write\n)+/, "");
		expect(checkProvenance(moved).more.length).toBe(2);
	});
	it("a second job that publishes is a fault", () => {
		expect(checkProvenance(RELEASE.replace(".ci/run", "gh release upload v1 x.zip")).mark).toBe("bad");
	});
	it("without a release there is nothing to attest", () => {
		expect(checkProvenance(RELEASE.replace("gh release create", "echo")).mark).toBe("bad");
	});
	it("of this project's release is good", () => {
		expect(checkProvenance(read(".github/workflows/release.yml")).more).toEqual([]);
	});
});
