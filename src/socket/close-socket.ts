/**
 * Closes one half of a WebSocket with the close code of the other, if that code may be sent.
 */

/** RFC 6455 §7.4.1, "unexpected condition": tells one side that the connection of the other broke. */
export const BROKEN = 1011;
/** RFC 6455 §7.4.1: these codes tell how a connection ended and must not be sent. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;

/** `WebSocket.close` throws if the socket is closed already. The other half may have been closed first. */
export function closeSocket(socket: WebSocket, code: number | undefined, reason: string | undefined): void {
	try {
		if (code === undefined || code === NO_STATUS) socket.close();
		else if (maySend(code)) socket.close(code, reason);
		else socket.close(BROKEN);
	} catch {
		// The socket is closed already.
	}
}

/** RFC 6455 §7.4.2: registered codes, and codes of libraries and applications. */
function maySend(code: number): boolean {
	const registered = code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL;
	return registered || (code >= 3000 && code <= 4999);
}
