/**
 * What a request to each route serves. Protects the deny list: a denied purpose has to stop every route that serves it,
 * whatever the token says of itself.
 */
import { expect, it } from "vitest";
import { purposesOf } from "../../../src/claims/purpose.ts";
import type { Purpose } from "../../../src/routes/purpose.ts";
import type { RouteId } from "../../../src/routes/route.ts";

it.each<[RouteId, readonly Purpose[]]>([
	["command", ["command"]],
	["convert", ["conversion"]],
	["builder", ["builder"]],
	["callback", ["callback"]],
	["download", ["download"]],
	["download-file", ["download", "history"]],
	["wopi-page", ["wopi"]],
	["wopi-call", ["wopi"]],
	["wopi-convert", ["wopi", "conversion"]],
	["socket", ["editor"]],
	["upload", ["editor"]],
	["download-as", ["editor"]],
	["save-file", ["editor"]],
	["print-file", ["editor"]],
	["ai-proxy", ["editor"]],
	["cached-file", []],
	["open", []],
])("%s serves %j", (route, purposes) => expect(purposesOf(route, {})).toEqual(purposes));
