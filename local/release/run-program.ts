/**
 * Runs npm, git and wrangler for the checks. A failure is a value: the check that asked says what it means.
 */
import { execFile } from "node:child_process";

export interface Ran {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * `npm run` tells the programs that it starts about this folder and its package (`npm_package_…`, `npm_config_local_prefix`).
 * In the folder of a clone that would be wrong.
 */
const withoutNpm = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
	Object.fromEntries(
		Object.entries(environment).filter(
			([name]) => !/^npm_(?:package|lifecycle|config_local_prefix)/.test(name),
		),
	);

export function runProgram(
	program: string,
	args: readonly string[],
	folder: string,
	environment: NodeJS.ProcessEnv = {},
): Promise<Ran> {
	const options = {
		cwd: folder,
		env: { ...withoutNpm(process.env), WRANGLER_SEND_METRICS: "false", ...environment },
		maxBuffer: OUTPUT_LIMIT_BYTES,
	};
	return new Promise((resolve) => {
		execFile(program, args, options, (error, stdout, stderr) => {
			const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
			resolve({ code, stdout, stderr: stderr || (error?.message ?? "") });
		});
	});
}

/** @throws if the program fails, with the end of what it said */
export async function runOrThrow(...of: Parameters<typeof runProgram>): Promise<string> {
	const { code, stdout, stderr } = await runProgram(...of);
	if (code === 0) return stdout;
	const said = `${stderr}\n${stdout}`.trim().split("\n").slice(-LINES_TOLD).join(" ");
	throw new Error(`${[of[0], ...of[1]].join(" ")} failed: ${said}`);
}

const LINES_TOLD = 3;
