/**
 * Signed links: files from the edge's cache, files that it sees for the first time, files that it asks the origin about,
 * parts of files, and clients that leave in the middle of a file.
 */
import { request } from "node:http";
import { signLink } from "../../test/node/support/cached-files.ts";
import { askSite, expectStatus, FILES_HOST, type Site, type Traffic } from "./traffic.ts";

/** So many files are asked for again and again. */
const KNOWN_FILES = 200;
export const LARGE_FILE = "/cache/files/data/large/media/film.mp4/film.mp4";

const media = (name: string) => `/cache/files/data/${name}/media/image1.png/image1.png`;
const document = (name: string) => `/cache/files/data/${name}/Editor.bin/a.docx`;

/** @param outcomes what `X-Edge-Cache` may say */
async function getFile(site: Site, path: string, outcomes: readonly string[], headers = {}, status = 200) {
	const answered = await askSite(site, { host: FILES_HOST, path, headers });
	const outcome = String(answered.headers["x-edge-cache"]);
	return (
		expectStatus(answered, status) ??
		(outcomes.includes(outcome)
			? undefined
			: `X-Edge-Cache is ${outcome} instead of ${outcomes.join(" or ")}`)
	);
}

export const FILE_TRAFFIC: readonly Traffic[] = [
	{
		name: "cached pictures",
		clients: 2,
		once: (site, n) => getFile(site, signLink(media(`known${n % KNOWN_FILES}`)), ["hit", "miss"]),
	},
	{
		name: "new pictures",
		clients: 1,
		once: (site, n) => getFile(site, signLink(media(`new${n}`)), ["miss"]),
	},
	{
		name: "documents that the origin confirms",
		clients: 1,
		once: (site, n) => getFile(site, signLink(document(`known${n % KNOWN_FILES}`)), ["revalidated", "miss"]),
	},
	{
		name: "parts of pictures",
		clients: 1,
		once: (site, n) =>
			getFile(
				site,
				signLink(media(`known${n % KNOWN_FILES}`)),
				["hit", "miss", "bypass"],
				{ Range: "bytes=0-99" },
				206,
			),
	},
	{
		name: "clients that leave in the middle of a film",
		clients: 1,
		once: leaveFile,
	},
];

/** A picture before the soak: the edge remembers small files, up to a limit in bytes. */
export const getPictureBefore = (site: Site, n: number): Promise<string | undefined> =>
	getFile(site, signLink(media(`before${n}`)), ["miss"]);

function leaveFile(site: Site): Promise<string | undefined> {
	return new Promise((resolve) => {
		const { hostname, port } = site.url;
		const headers = { Host: FILES_HOST };
		const sent = request({ hostname, port, path: signLink(LARGE_FILE), headers });
		sent.on("error", () => resolve("no answer"));
		sent.on("response", (response) => {
			response.on("error", () => undefined);
			response.once("data", () => {
				site.requests++;
				sent.destroy();
				resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode} instead of 200`);
			});
		});
		sent.end();
	});
}
