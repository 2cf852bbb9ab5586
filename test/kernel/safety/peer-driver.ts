/**
 * One end of connections, in the namespace that it was started in; told what to do by its parent over IPC. As a server it
 * sends back every byte. As a client it opens connections, and says whether a byte came back in time.
 */
import { connect, createServer, type Socket } from "node:net";

export type Order =
  | { readonly do: "listen"; readonly ports: readonly number[] }
  | {
      readonly do: "open";
      readonly name: string;
      readonly from: string;
      readonly to: string;
      readonly port: number;
      readonly localPort?: number;
      readonly patience: number;
      /** It is enough to be connected; nothing is sent. */
      readonly handshake?: true;
    }
  /** `bytes`: so many instead of one. */
  | { readonly do: "ping"; readonly name: string; readonly patience: number; readonly bytes?: number }
  | { readonly do: "close" };
export type Answer = { readonly id: number; readonly works: boolean };

/** By the name that the parent gave them; those that were accepted have none. */
const sockets = new Map<string, Socket>(),
  accepted = new Set<Socket>();
const answer = (id: number, works: boolean): void => void process.send!({ id, works } satisfies Answer);

/** Sends a byte, or some, and waits for them. */
function echo(socket: Socket, id: number, patience: number, bytes = 1): void {
  let left = bytes;
  const end = (works: boolean): void => {
    clearTimeout(timer);
    socket.off("data", heard);
    answer(id, works);
  };
  const heard = ({ length }: Buffer): void => {
    left -= length;
    if (left <= 0) end(true);
  };
  const timer = setTimeout(end, patience, false);
  socket.on("data", heard);
  socket.write(Buffer.alloc(bytes, "x"));
}

function open(id: number, order: Order & { do: "open" }): void {
  const { name, from, to, port, localPort, patience, handshake } = order,
    began = Date.now();
  const socket = connect({ host: to, port, localAddress: from, ...(localPort && { localPort }) });
  socket.setNoDelay(true);
  let told = false;
  const tell = (): void => {
    if (!told) answer(id, false);
    told = true;
  };
  const timer = setTimeout(tell, patience);
  socket.on("error", tell);
  socket.on("connect", () => {
    if (told) return;
    told = true;
    clearTimeout(timer);
    sockets.set(name, socket);
    if (handshake) answer(id, true);
    else echo(socket, id, Math.max(10, patience - (Date.now() - began)));
  });
  sockets.set(name, socket);
}

process.on("message", ({ id, ...order }: Order & { id: number }) => {
  if (order.do === "listen") {
    let left = order.ports.length;
    for (const port of order.ports)
      createServer((socket) => {
        socket.setNoDelay(true);
        accepted.add(socket);
        socket
          .on("data", (data) => socket.write(data))
          .on("error", () => socket.destroy())
          .on("close", () => accepted.delete(socket));
      }).listen({ port, host: "::" }, () => --left === 0 && answer(id, true));
  } else if (order.do === "open") open(id, order);
  else if (order.do === "ping") {
    const socket = sockets.get(order.name);
    if (socket && !socket.destroyed) echo(socket, id, order.patience, order.bytes);
    else answer(id, false);
  } else {
    // One that is not connected yet would wait for it, and go on asking, before it is reset.
    for (const socket of [...sockets.values(), ...accepted])
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    sockets.clear();
    answer(id, true);
  }
});
process.on("disconnect", () => process.exit());
