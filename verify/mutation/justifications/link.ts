/**
 * Changes of `src/link` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const LINK: readonly Justification[] = [
	{
		file: "src/link/check-link.ts",
		at: "const nameOf =",
		changes: ['"" → "Stryker was here!"'],
		why: "A text that is split has a first part. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/link/doc-service-arguments.ts",
		at: "const name = part.split",
		changes: ['"" → "Stryker was here!"'],
		why: "A text that is split has a first part. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/link/doc-service-arguments.ts",
		at: '.replace(/[[\\] ].*$/s, "")',
		changes: ["/[[\\] ].*$/s → /[[\\] ].*/s"],
		why: "Without the end, the pattern still takes all that follows.",
	},
	{
		file: "src/link/doc-service-link.ts",
		at: "const MOUNT",
		changes: ["/^\\/(?:storage-)?cache\\/files\\/[^/]+/i → /\\/(?:storage-)?cache\\/files\\/[^/]+/i"],
		why: "The routes of these files begin with this path, so the first match is at the beginning.",
	},
	{
		file: "src/link/md5.ts",
		at: "const state = new State(true);",
		changes: ["true → false"],
		why: "The digest is the same. The state only keeps the code of V8 optimised.",
	},
	{
		file: "src/link/md5.ts",
		at: "state.update(LARGE_WORDS)",
		changes: ["state.update(LARGE_WORDS).base64(); → ;"],
		why: "The digest is the same. The state only keeps the code of V8 optimised.",
	},
	{
		file: "src/link/secure-link.ts",
		at: "const isFarTooBig =",
		changes: ["seconds > Number(MAX_TIME) → false"],
		why: "The exact comparison in the next line says the same. Only a long number takes longer.",
	},
	{
		file: "src/link/secure-link.ts",
		at: "const isTooBig =",
		changes: [
			"seconds > Number.MAX_SAFE_INTEGER → true",
			"seconds > Number.MAX_SAFE_INTEGER → seconds >= Number.MAX_SAFE_INTEGER",
		],
		why: "The exact comparison says the same of a small number. Only time is lost.",
	},
	{
		file: "src/link/secure-link.ts",
		at: "for (let at = 0; at < right.length; at++) difference",
		changes: ["at < right.length → at <= right.length"],
		why: "Both texts have no character there: NaN ^ NaN is 0.",
	},
	{
		file: "src/link/secure-link.ts",
		at: "for (let at = 0; at < text.length; at++) bytes[at]",
		changes: ["at < text.length → at <= text.length"],
		why: "The secret overwrites this byte. It is never empty.",
	},
	{
		file: "src/link/sha256-link.ts",
		at: "export const LINK_ARGUMENTS",
		changes: ['"sha256" → ""', '"network" → ""'],
		why: "The server writes no such argument, so it is dropped all the same.",
	},
	{
		file: "src/link/sha256-link.ts",
		at: "const claimed = bytesOf",
		changes: ['"" → "Stryker was here!"'],
		why: "A signature of this form decodes. The compiler asks for the default, which never runs.",
	},
];
