/**
 * Short pages by status: nginx's error page, and Express' plain text.
 */
export interface ReplyWords {
	readonly status: number;
	readonly contentType: string;
	readonly body: string;
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
	400: "Bad Request",
	403: "Forbidden",
	404: "Not Found",
	405: "Not Allowed",
	408: "Request Time-out",
	410: "Gone",
	411: "Length Required",
	413: "Payload Too Large",
	414: "Request-URI Too Large",
	415: "Unsupported Media Type",
	429: "Too Many Requests",
	502: "Bad Gateway",
	503: "Service Unavailable",
	504: "Gateway Time-out",
	508: "Loop Detected",
};

/** nginx's `ngx_http_error_*_page`, with `server_tokens off`. */
export function nginxPage(status: number): ReplyWords {
	const title = `${status} ${STATUS_TEXT[status] ?? ""}`;
	const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
	return { status, contentType: "text/html", body };
}

/** Express' `res.sendStatus`. */
export function plainText(status: number, body = STATUS_TEXT[status] ?? ""): ReplyWords {
	return { status, contentType: "text/plain; charset=utf-8", body };
}
