/**
 * The SBOM (CycloneDX, made by npm) has to list every package that a user runs, with its version. An operator who
 * searches for a package with a known hole relies on that.
 *
 * `npm sbom --omit=dev` is of no use here: it also leaves out runtime packages that a development package needs
 * (npm 11). So npm lists everything, and the packages of the tests and tools are taken out afterwards.
 */
import { bad, faultsOr, type Outcome } from "../outcome.ts";

interface Component {
	readonly "bom-ref": string;
	readonly purl: string;
}

interface Dependency {
	readonly ref: string;
	readonly dependsOn?: readonly string[];
}

export interface Sbom {
	readonly bomFormat: string;
	readonly specVersion: string;
	readonly metadata: { readonly component: Component };
	readonly components: readonly Component[];
	readonly dependencies: readonly Dependency[];
}

/** @param dependencies `name@version` of each runtime dependency */
export function ofRuntime(sbom: Sbom, dependencies: readonly string[]): Sbom {
	const wanted = new Set(dependencies.map(purlOf));
	const components = sbom.components.filter(({ purl }) => wanted.has(purl));
	const refs = new Set([sbom.metadata.component, ...components].map((component) => component["bom-ref"]));
	const graph = sbom.dependencies
		.filter(({ ref }) => refs.has(ref))
		.map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
	return { ...sbom, components, dependencies: graph };
}

/** @param bundled names of the packages whose code is in the bundle @param product `name@version` */
export function checkSbom(
	{ bomFormat, specVersion, components, metadata }: Sbom,
	dependencies: readonly string[],
	bundled: readonly string[],
	product: string,
): Outcome {
	if (bomFormat !== "CycloneDX") return bad("npm sbom gave no CycloneDX document");
	const purls = new Set(components.map(({ purl }) => purl));
	const about = metadata.component.purl;
	const faults = [
		...(about === purlOf(product) ? [] : [`it is about ${about}, not about ${product}`]),
		...dependencies.filter((one) => !purls.has(purlOf(one))).map((one) => `${one} is missing`),
		...bundled
			.filter((name) => !dependencies.some((one) => one.startsWith(`${name}@`)))
			.map((name) => `${name} is in the bundle, and is no runtime dependency`),
	];
	const fine = `CycloneDX ${specVersion}: all ${dependencies.length} runtime dependencies`;
	return faultsOr(faults, "the SBOM is not complete", fine);
}

/** The URL of a package: https://github.com/package-url/purl-spec, type npm. The `@` of a scope is escaped. */
const purlOf = (nameAndVersion: string): string => `pkg:npm/${nameAndVersion.replace(/^@/, "%40")}`;
