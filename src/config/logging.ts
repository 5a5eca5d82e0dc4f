/**
 * The settings of the log: which requests get a line, and which facts a line has beside the verdict.
 */
import type { VariableReader } from "./variable-reader.ts";

export interface Logging {
	/** Which accepted requests get a line. Refusals and faults always get one. */
	readonly accepted: "all" | "sample" | "none";
	/** How much of the client's address a line has. */
	readonly clientAddress: "none" | "truncated" | "full";
	/** Whether a wrong signature is compared with each secret and a line break. */
	readonly nearMiss: boolean;
}

export const readLogging = ({ choice, toggle }: Pick<VariableReader, "choice" | "toggle">): Logging => ({
	accepted: choice("LOG_ACCEPTED", "all", "sample", "none"),
	clientAddress: choice("LOG_CLIENT_IP", "none", "truncated", "full"),
	nearMiss: toggle("LOG_NEAR_MISS"),
});
