/**
 * Logs that `ORIGIN` leads back to the edge. This configuration problem shows only when a request comes back.
 */
import type { Host, HostIdentity } from "../config/host.ts";
import { logHost } from "../observe/log.ts";
import { provesLoop } from "../origin/edge-hops.ts";

/** The hosts whose loop was logged: once per isolate is enough. */
const logged = new WeakSet<HostIdentity>();

export function reportLoop(request: Request, response: Response, { identity, origin }: Host): void {
	if (!provesLoop(request.headers, response) || logged.has(identity)) return;
	logged.add(identity);
	const binding = (origin?.urls.length ?? 1) > 1 ? "ORIGINS" : "ORIGIN";
	const problem = "leads back to the edge: it has to name the server behind it";
	logHost({ problems: [{ binding, problem }], warnings: [] });
}
