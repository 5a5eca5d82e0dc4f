/**
 * The secrets of the benchmark, and links and tokens signed with them.
 */
import { createHash } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";

export const SECRETS = {
	JWT_SECRET: "the token secret of this benchmark",
	SECURE_LINK_SECRET: "its link secret",
};
/** 2100-01-01 */
const EXPIRES = 4_102_444_800;

export function signLink(path: string): string {
	const md5 = createHash("md5").update(`${EXPIRES}${path}${SECRETS.SECURE_LINK_SECRET}`).digest("base64url");
	return `${path}?md5=${md5}&expires=${EXPIRES}&filename=a.docx`;
}

export const signToken = (claims: object, secret = SECRETS.JWT_SECRET, options = {}) =>
	jsonwebtoken.sign(claims, secret, { expiresIn: "10h", ...options });

/** A body of about this size whose token is in it. */
export function bodyWithToken(bytes: number): string {
	const bodyOf = (padding: number) =>
		JSON.stringify({
			token: signToken({
				filetype: "docx",
				outputtype: "pdf",
				key: "k",
				url: "https://x.test/a.docx",
				title: "x".repeat(padding),
			}),
		});
	const spare = bytes - bodyOf(0).length;
	return bodyOf(Math.max(0, Math.floor((spare * 3) / 4)));
}

export const LINK = signLink("/cache/files/data/k/Editor.bin/a.docx");
export const BAD_LINK = LINK.replace(/md5=.{6}/, "md5=AAAAAA");
export const MEDIA_LINK = signLink("/cache/files/data/k/media/image1.png/image1.png");
export const TOKEN = signToken({ c: "info", key: "k" });
export const BAD_TOKEN = signToken({ c: "info", key: "k" }, "another secret");
export const SESSION_TOKEN = signToken({ document: { key: "k" }, editorConfig: { user: { id: "u" } } });
