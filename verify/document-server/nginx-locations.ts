/**
 * The locations of the Document Server's nginx package (`ds-docservice.conf`, `ds-example.conf`), without their folders.
 *
 * The redirect of `/` is left out, so more spellings reach a handler. Where the package serves files, these locations ask
 * a second server. It is told the name of the location and nginx's verdict on the link, so a file is noted even if its
 * link is bad.
 */

const VERSION = "[\\d]+\\.[\\d]+\\.[\\d]+[\\.|-][\\w]+";

/** @returns the contents of nginx's `server { … }` */
export function locations(docService: string, files: string, linkSecret: string): string {
	const asFile = (handler: string) => `
		proxy_set_header X-Nginx-Handler ${handler};
		proxy_set_header X-Nginx-Link $secure_link;
		proxy_pass ${files};`;
	const local = (name: string) => `
	location ~* ^(\\/${VERSION})?\\/(${name})(\\/.*)$ {
		allow 127.0.0.1;
		deny all;
		proxy_pass ${docService}/$2$3;
	}`;
	return `
	set $secure_link_secret "${linkSecret}";
	location ~ ^(\\/${VERSION})?\\/(web-apps|sdkjs|sdkjs-plugins|fonts|dictionaries)(\\/.*)$ { return 204; }
	location ~* ^(\\/cache\\/files.*)(\\/.*) {
		secure_link $arg_md5,$arg_expires;
		secure_link_md5 "$secure_link_expires$uri$secure_link_secret";
		${asFile("cached-file")}
	}
	${local("internal")}
	${local("info")}
	location ~ ^(\\/${VERSION})?\\/(meta\\/formats)$ { ${asFile("meta")} }
	location ~ ^(\\/${VERSION})?\\/(welcome|example|admin)(\\/.*)$ { ${asFile("example")} }
	location / {
		proxy_pass ${docService};
		proxy_http_version 1.1;
	}
	location ~* ^(\\/${VERSION})?\\/(ai-proxy)(\\/.*)?$ { proxy_pass ${docService}/$2$3; }
	location ~ ^/(${VERSION})/(?<path>.*)$ {
		proxy_pass ${docService}/$path$is_args$args;
		proxy_http_version 1.1;
	}`;
}
