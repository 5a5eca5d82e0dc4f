/**
 * The functions under the fuzzer: everything that reads a stranger's bytes before a credential is accepted, and the
 * readers of pasted texts.
 */
import type { FuzzTarget } from "./target.ts";
import { findTokenTarget } from "./targets/find-token.ts";
import { jsonScanTarget, jsonSpliceTarget } from "./targets/json.ts";
import { linkTarget } from "./targets/link.ts";
import { nginxUriTarget } from "./targets/nginx-uri.ts";
import { packetTarget } from "./targets/packet.ts";
import { pasteTarget } from "./targets/paste.ts";
import { pathPatternTarget } from "./targets/path-pattern.ts";
import { pollingBodyTarget } from "./targets/polling-body.ts";
import { requestTargetTarget } from "./targets/request-target.ts";
import { tokenTarget } from "./targets/token.ts";

export const TARGETS: readonly FuzzTarget[] = [
	requestTargetTarget,
	nginxUriTarget,
	linkTarget,
	tokenTarget,
	findTokenTarget,
	jsonScanTarget,
	jsonSpliceTarget,
	packetTarget,
	pollingBodyTarget,
	pathPatternTarget,
	pasteTarget,
];
