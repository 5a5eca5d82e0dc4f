/**
 * What the searches of one run share.
 */
import type { Kit } from "./requests/kit.ts";
import type { Search } from "./search.ts";

export interface SearchRun {
	/** Source of the Worker. */
	readonly bundle: string;
	readonly kit: Kit;
	readonly search: Search;
	/** Whether the time is over. A search then sends nothing more. */
	readonly isOver: () => boolean;
}
