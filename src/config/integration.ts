/**
 * Whether a Document Server or an integration is behind this host, and which paths of the integration are protected.
 *
 * With an invalid role or list the edge cannot know which paths were meant. Then it protects every path, and the reported
 * problem makes all of them answer 503.
 */
import { integrationRoutes, PATH_PATTERN, wopiRoutes } from "../routes/integration-routes.ts";
import type { ListedRoute } from "../routes/listed-path.ts";
import type { Bindings, VariableName } from "./bindings.ts";
import { createVariableReader, type Report } from "./variable-reader.ts";

const LISTS = ["CALLBACK_PATHS", "DOWNLOAD_PATHS", "WOPI_PATHS", "WOPI_FILE_URL_PATHS"] as const;

/** @returns the route table of the integration; `undefined` in front of a Document Server */
export function readIntegration(
	bindings: Bindings,
	report: Report<VariableName>,
): readonly ListedRoute[] | undefined {
	let isSound = true;
	const complain: typeof report = (binding, problem) => {
		isSound = false;
		report(binding, problem);
	};
	const { text, list } = createVariableReader(bindings, complain);
	const role = text("ROLE");
	const isIntegration = role === "storage";
	if (!isIntegration && role !== "server") complain("ROLE", 'is neither "server" nor "storage"');
	const [callbacks = [], downloads = [], wopi = [], wopiFileUrls = []] = LISTS.map((name) => {
		const paths = list(name);
		if (!paths.every((path) => PATH_PATTERN.test(path))) complain(name, "is not a list of paths");
		if (role === "server" && paths.length > 0) complain(name, 'protects nothing without ROLE = "storage"');
		return paths;
	});
	const sessions = list("SESSION_PATHS");
	if (!sessions.every((path) => downloads.includes(path)))
		complain("SESSION_PATHS", "names a path that is not in DOWNLOAD_PATHS");
	const isEmpty = callbacks.length + downloads.length + wopi.length === 0;
	if (isIntegration && isEmpty)
		complain("CALLBACK_PATHS", "is empty, and so are DOWNLOAD_PATHS and WOPI_PATHS");
	if (!isSound) return integrationRoutes(["/*"], []);
	return isIntegration
		? [...wopiRoutes(wopi, wopiFileUrls), ...integrationRoutes(callbacks, downloads, sessions)]
		: undefined;
}
