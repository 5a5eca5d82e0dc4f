/**
 * `npm run docs`: writes the tables of bindings, reasons and routes into the documents.
 */
import { writeFileSync } from "node:fs";
import { documentsWithTables } from "./reference-tables.ts";

for (const [path, text] of documentsWithTables()) writeFileSync(new URL(`../${path}`, import.meta.url), text);
