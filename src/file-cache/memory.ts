/**
 * Remembers small files in this isolate's memory, so that a hit needs no question to the platform's cache. Only files
 * that never change under their path may come here: no other isolate can make this one forget a file.
 *
 * The memory has a limit in bytes. The file that was least recently used goes first. No file stays past the time at
 * which the platform's cache drops it.
 */
import { createLRU } from "lru.min";

/** Most pictures of a document are smaller. */
export const SMALL_FILE_BYTES = 64 * 1024;
/** An isolate has 128 MB for everything. */
const LIMIT_BYTES = 8 * 1024 * 1024;
/** Slots are allocated in advance. Files with five headers fill the memory before the slots. */
const LIMIT_FILES = 2048;
/** Measured in workerd: an entry of one byte without headers grows the process by 2.3 KiB, each header by 0.3 KiB. */
const FILE_OVERHEAD_BYTES = 2560;
const HEADER_OVERHEAD_BYTES = 320;

export interface RememberedFile {
	/** The headers of a hit, without a file name. Each response copies them. */
	readonly headers: Headers;
	/** All responses share it: nothing can change the bytes of a `Blob`. */
	readonly body: Blob;
	/** Unix time in milliseconds. */
	readonly expiresMs: number;
}

export interface FileMemory {
	readonly recall: (cacheKey: string, nowMs: number) => RememberedFile | undefined;
	/**
	 * Replaces an older file under this key.
	 *
	 * @param readAfter the value of `changes()` before the file was read from the platform's cache; absent for a file
	 *   that comes from the origin
	 */
	readonly remember: (cacheKey: string, file: RememberedFile, readAfter?: number) => void;
	readonly forget: (cacheKey: string) => void;
	/** Counts the files that were forgotten, or came from the origin. A file that was read meanwhile may be outdated. */
	readonly changes: () => number;
}

export function createFileMemory(limitBytes: number = LIMIT_BYTES): FileMemory {
	let heldBytes = 0;
	let changes = 0;
	const files = createLRU<string, RememberedFile & { readonly costBytes: number }>({
		max: LIMIT_FILES,
		// Also called for a file that is replaced or deleted.
		onEviction: (_, { costBytes }) => {
			heldBytes -= costBytes;
		},
	});
	return {
		recall: (cacheKey, nowMs) => {
			const file = files.get(cacheKey);
			if (file === undefined || nowMs < file.expiresMs) return file;
			files.delete(cacheKey);
			return undefined;
		},
		remember: (cacheKey, file, readAfter) => {
			if (readAfter === undefined) changes++;
			else if (readAfter !== changes) return;
			const costBytes = estimateBytes(cacheKey, file);
			files.set(cacheKey, { ...file, costBytes });
			heldBytes += costBytes;
			while (heldBytes > limitBytes && files.size > 0) files.evict(1);
		},
		forget: (cacheKey) => {
			changes++;
			files.delete(cacheKey);
		},
		changes: () => changes,
	};
}

/** An estimate, rather too high than too low: a character takes one byte or two. */
function estimateBytes(cacheKey: string, { headers, body }: RememberedFile): number {
	let bytes = FILE_OVERHEAD_BYTES + 2 * cacheKey.length + body.size;
	for (const [name, value] of headers) bytes += HEADER_OVERHEAD_BYTES + 2 * (name.length + value.length);
	return bytes;
}
