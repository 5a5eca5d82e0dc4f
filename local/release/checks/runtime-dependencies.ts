/**
 * The packages that an installed package runs: its dependencies and theirs, as the lock file has them.
 */
export interface LockEntry {
	readonly name?: string;
	readonly version?: string;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
	readonly version?: string;
	/** By their path: `""`, `node_modules/qs`, `node_modules/a/node_modules/b`. */
	readonly packages: Readonly<Record<string, LockEntry>>;
}

/** @returns `name@version`, sorted. @throws for a dependency that the lock file does not have */
export function runtimeDependencies({ packages }: Lock): string[] {
	const found = new Set<string>();
	const left = Object.keys(packages[""]?.dependencies ?? {}).map((name) => locate(packages, "", name));
	for (let path = left.pop(); path !== undefined; path = left.pop()) {
		if (found.has(path)) continue;
		found.add(path);
		const { dependencies = {}, optionalDependencies = {} } = packages[path] ?? {};
		for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
			left.push(locate(packages, path, name));
	}
	return [...found].map((path) => `${nameOf(path)}@${packages[path]?.version}`).sort();
}

/** As Node finds a package: beside the one that asks, then further up. */
function locate(packages: Lock["packages"], from: string, name: string): string {
	const path = `${from === "" ? "" : `${from}/`}node_modules/${name}`;
	if (packages[path]) return path;
	if (from === "") throw new Error(`package-lock.json has no ${name}`);
	const above = from.lastIndexOf("node_modules/");
	return locate(packages, from.slice(0, Math.max(0, above - 1)), name);
}

/** @returns the name of the package in `a/node_modules/@scope/name/file.js` */
export function nameOf(path: string): string {
	const inside = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length).split("/");
	return inside.slice(0, inside[0]?.startsWith("@") ? 2 : 1).join("/");
}
