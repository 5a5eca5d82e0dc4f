/**
 * Checks the token that the Document Server writes into a WOPI page. All claims but `fileInfo` come from the caller,
 * and the server fetches the URLs in them.
 *
 * Source: the server's `wopiClient.js` isWopiJwtToken, `canvasservice.js` downloadFile.
 */
import type { Claims } from "../claims/merged-claims.ts";
import type { Wopi } from "../config/wopi-hosts.ts";
import { isListedFileUrl, isListedSource } from "./source.ts";

export const isPageToken = ({ fileInfo, userAuth }: Claims): boolean =>
	Boolean(fileInfo) || Boolean(userAuth);

/** Whether every URL in the token leads to a listed host. @param claims merged */
export function namesListedHosts({ fileInfo, userAuth }: Claims, { hosts }: Wopi): boolean {
	const { TemplateSource, FileUrl } = Object(fileInfo);
	const isNoneOrListed = (url: unknown) =>
		url === undefined || url === null || url === "" || isListedFileUrl(url, hosts);
	const { wopiSrc } = Object(userAuth);
	return isListedSource(wopiSrc, hosts) && isNoneOrListed(TemplateSource) && isNoneOrListed(FileUrl);
}
