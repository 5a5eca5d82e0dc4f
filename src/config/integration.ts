/**
 * What stands behind this host: a Document Server, or an integration whose guarded paths are listed.
 *
 * Whatever is wrong with the role or the lists, nobody can tell which paths were meant: then every path is
 * guarded, and the problem that is reported closes it.
 */
import type { CompiledRoute } from "../routes/path-pattern.ts";
import { PATH_PATTERN, storageRoutes, wopiRoutes } from "../routes/integration-routes.ts";
import type { Bindings, VariableName } from "./bindings.ts";
import { createVariableReader, type Report } from "./variable-reader.ts";

const LISTS = ["CALLBACK_PATHS", "DOWNLOAD_PATHS", "WOPI_PATHS", "WOPI_FILE_URL_PATHS"] as const;

/** @returns the integration's route table; `undefined` in front of a Document Server */
export function readStorage(
	bindings: Bindings,
	report: Report<VariableName>,
): readonly CompiledRoute[] | undefined {
	let isSound = true;
	const complain: typeof report = (binding, problem) => {
		isSound = false;
		report(binding, problem);
	};
	const { text, list } = createVariableReader(bindings, complain);
	const role = text("ROLE", "server");
	const isStorage = role === "storage";
	if (!isStorage && role !== "server") complain("ROLE", 'is neither "server" nor "storage"');
	const [callbacks = [], downloads = [], wopi = [], wopiFileUrls = []] = LISTS.map((name) => {
		const paths = list(name);
		if (!paths.every((path) => PATH_PATTERN.test(path))) complain(name, "is not a list of paths");
		if (role === "server" && paths.length > 0) complain(name, 'protects nothing without ROLE = "storage"');
		return paths;
	});
	const sessions = list("SESSION_PATHS");
	if (!sessions.every((path) => downloads.includes(path)))
		complain("SESSION_PATHS", "names a path that is not in DOWNLOAD_PATHS");
	const isBare = callbacks.length + downloads.length + wopi.length === 0;
	if (isStorage && isBare) complain("CALLBACK_PATHS", "is empty, and so are DOWNLOAD_PATHS and WOPI_PATHS");
	if (!isSound) return storageRoutes(["/*"], []);
	return isStorage
		? [...wopiRoutes(wopi, wopiFileUrls), ...storageRoutes(callbacks, downloads, sessions)]
		: undefined;
}
