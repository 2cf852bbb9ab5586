import { Socket } from "node:net";
import { type Namespace, netlinkAddon } from "../native.js";

/**
 * What a multicast group of netlink is sent, in pieces of any size, from the moment it is joined until the signal or the end
 * of the loop. native/README.md says what else stands in the stream.
 */
export function netlinkStream(
  protocol: number,
  group: number,
  namespace: Namespace | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  // From here on the descriptor is the socket's, and is closed with it, or with the worker that it belongs to.
  const socket = new Socket({
    fd: netlinkAddon().subscribe(protocol, group, namespace),
    readable: true,
    writable: false,
  });
  return pieces(socket, signal);
}

async function* pieces(socket: Socket, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const end = (): void => {
    socket.destroy();
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    if (!signal.aborted) yield* socket as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", end);
    socket.destroy();
  }
}
