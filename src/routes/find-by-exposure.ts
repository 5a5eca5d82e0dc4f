/**
 * Finds the route that a public host closes, in any reading of the path.
 *
 * nginx decodes a path before it chooses a location, DocService may not: `/doc/..%2fexample/` is the editor's socket to
 * one and the example to the other. So the closed routes are looked up beside every other route.
 */
import { lenientReadings } from "../request/lenient-paths.ts";
import type { Target } from "../request/target.ts";
import { EXPOSURE_ROUTES } from "./document-server-routes.ts";
import { READ_ALIKE } from "./find-route.ts";
import { compileRoute } from "./path-pattern.ts";
import type { Route } from "./route.ts";

export function findByExposure(target: Target): Route | undefined {
	const { path, uri, docService, canonical } = target;
	const readings = READ_ALIKE.test(path)
		? [path, canonical]
		: [path, uri, docService.path, canonical, ...(lenientReadings(target) ?? [])];
	return COMPILED.find(({ pattern }) => readings.some((reading) => pattern.test(reading)))?.route;
}

const COMPILED = EXPOSURE_ROUTES.map(compileRoute);
