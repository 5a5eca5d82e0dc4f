/** The least that a Worker does: an answer, without a look at the request. */
export default {
	fetch: () => new Response("ok"),
} satisfies ExportedHandler;
