/**
 * The token that the Document Server writes into a WOPI page. All of it but `fileInfo` is the caller's own,
 * and the server fetches what it names.
 *
 * Source: the server's `wopiClient.js` isWopiJwtToken, `canvasservice.js` downloadFile.
 */
import type { Wopi } from "../config/wopi-hosts.ts";
import { isListedFileUrl, isListedSource } from "./source.ts";

type Claims = Readonly<Record<string, unknown>>;

export const isPageToken = ({ fileInfo, userAuth }: Claims): boolean =>
	Boolean(fileInfo) || Boolean(userAuth);

/** @param claims of a page's token, merged */
export function namesListedHosts({ fileInfo, userAuth }: Claims, { hosts }: Wopi): boolean {
	const { TemplateSource, FileUrl } = Object(fileInfo);
	const isNoneOrListed = (url: unknown) =>
		url === undefined || url === null || url === "" || isListedFileUrl(url, hosts);
	const { wopiSrc } = Object(userAuth);
	return isListedSource(wopiSrc, hosts) && isNoneOrListed(TemplateSource) && isNoneOrListed(FileUrl);
}
