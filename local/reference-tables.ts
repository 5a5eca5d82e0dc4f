/**
 * Puts the generated tables into the documents, between their marks. A test compares the documents with the result.
 */
import { readFileSync } from "node:fs";
import { advisoryTable, bindingTables, reasonTable, routeTables } from "../src/cli/reference.ts";
import { apiTable } from "./api-lists.ts";

const TABLES: Readonly<Record<string, readonly [mark: string, table: () => string]>> = {
	"docs/configuration.md": ["bindings", bindingTables],
	"docs/refusals.md": ["reasons", reasonTable],
	"docs/routes.md": ["routes", routeTables],
	"docs/advisories.md": ["advisories", advisoryTable],
	"docs/versioning.md": ["api", apiTable],
};

/** @returns the documents as they have to be, by their paths */
export function documentsWithTables(): ReadonlyMap<string, string> {
	return new Map(
		Object.entries(TABLES).map(([path, [mark, table]]) => {
			const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
			const [begin, end] = [`<!-- ${mark}:begin -->`, `<!-- ${mark}:end -->`];
			const before = text.slice(0, text.indexOf(begin) + begin.length);
			const after = text.slice(text.indexOf(end));
			return [path, `${before}\n\n${table()}\n\n${after}`];
		}),
	);
}
