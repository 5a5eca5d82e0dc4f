/**
 * `npm run release:check`: whether this commit may be released, and the files of the release in `release/`.
 *
 * With `--all`, as in the release workflow, a question that could not be asked is a fault too.
 */
import { globSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../../src/version.ts";
import { ACCEPTED_ADVISORIES } from "./accepted-advisories.ts";
import { bundledPackages, readPackage } from "./bundled-packages.ts";
import { checkActions } from "./checks/actions.ts";
import { checkBundle } from "./checks/bundle.ts";
import { checkChangelog } from "./checks/changelog.ts";
import { checkLicences, thirdPartyNotices } from "./checks/licences.ts";
import { checkProvenance } from "./checks/provenance.ts";
import { checkAudit, checkSignatures } from "./checks/registry.ts";
import { type Lock, runtimeDependencies } from "./checks/runtime-dependencies.ts";
import { checkSbom, ofRuntime } from "./checks/sbom.ts";
import { checkVersions } from "./checks/versions.ts";
import { buildInCleanClones, type CleanClones } from "./clean-clones.ts";
import { writeReleaseFiles } from "./files.ts";
import { bad, type Outcome, passes, tableLines } from "./outcome.ts";
import { runOrThrow, runProgram } from "./run-program.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RELEASE_FOLDER = join(ROOT, "release");
const RELEASE_WORKFLOW = ".github/workflows/release.yml";
/** The example that operators copy has to be as good as our own. */
const WORKFLOWS = [".github/workflows/*.yml", "docs/*.yml"];
const NAMES_WIDTH = 11;

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const textFile = (path: string) => ({ path, text: read(path) });

async function main(): Promise<boolean> {
	const { all = false } = parseArgs({ options: { all: { type: "boolean" } } }).values;
	const { name, version } = JSON.parse(read("package.json"));
	const lock: Lock = JSON.parse(read("package-lock.json"));
	let passed = true;
	const tell = (about: string, outcome: Outcome) => {
		passed &&= passes(outcome, all);
		for (const line of tableLines(about, outcome, NAMES_WIDTH)) console.log(line);
	};

	tell("version", checkVersions(version, lock, VERSION));
	tell("changelog", checkChangelog(read("CHANGELOG.md"), String(version)));
	tell(
		"actions",
		checkActions(WORKFLOWS.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).map(textFile)),
	);
	tell("provenance", checkProvenance(read(RELEASE_WORKFLOW)));
	// Packages of npm are not imported: the release workflow installs none outside of the clones.
	try {
		const clones = await buildInCleanClones(ROOT, name);
		await checkClones(clones, lock, { name, version }, tell).finally(() =>
			rm(clones.temporary, { recursive: true }),
		);
	} catch (error) {
		tell("bundle", bad(error instanceof Error ? error.message : String(error)));
	}
	return passed;
}

interface Product {
	readonly name: string;
	readonly version: string;
}

async function checkClones(
	clones: CleanClones,
	lock: Lock,
	{ name, version }: Product,
	tell: (about: string, outcome: Outcome) => void,
): Promise<void> {
	const { folder, bundles, metafile } = clones;
	tell("bundle", checkBundle(clones));
	const packages = bundledPackages(metafile).map((one) => readPackage(folder, one));
	tell("licences", checkLicences(packages));
	const dependencies = runtimeDependencies(lock);
	const sbom = ofRuntime(JSON.parse(await runOrThrow("npm", SBOM, folder)), dependencies);
	const bundled = packages.map((one) => one.name);
	tell("SBOM", checkSbom(sbom, dependencies, bundled, `${name}@${version}`));
	const ask = (...args: readonly string[]) =>
		runProgram("npm", [...args, "--json", "--fetch-retries=1"], folder);
	tell("signatures", checkSignatures(await ask("audit", "signatures")));
	tell("audit", checkAudit(await ask("audit", "--omit=dev"), ACCEPTED_ADVISORIES));
	const notices = thirdPartyNotices(packages, `${name} ${version}`);
	const product = `${name}-${version}`;
	const files = { product, bundle: bundles[0], sbom: `${JSON.stringify(sbom, undefined, 2)}\n`, notices };
	const written = await writeReleaseFiles(RELEASE_FOLDER, folder, files);
	console.log(`\nrelease/ has the files of the release: ${written.join(", ")}`);
}

const SBOM = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"];

try {
	process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
	console.error(`release:check: ${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 2;
}
