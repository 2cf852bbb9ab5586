import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { deleteConnections } from "../../../src/host/conntrack.js";
import { type Host, hostIn } from "../../../src/host/host.js";
import type { Family } from "../../../src/index.js";
import { netlinkAddon } from "../../../src/native.js";
import { Namespace } from "../namespace.js";
import type { Answer, Order } from "./peer-driver.js";

const DRIVER = fileURLToPath(new URL("./peer-driver.ts", import.meta.url));
export const SERVER: Readonly<Record<Family, string>> = { ipv4: "198.51.100.4", ipv6: "2001:db8:1::4" };
export const CLIENTS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ["198.51.100.7", "198.51.100.8", "198.51.100.200"],
  ipv6: ["2001:db8:1::7", "2001:db8:1::8"],
};
export const PORTS = [22, 2222];
/** The server's end of the cable. */
export const DEVICE = "s0";

class Peer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (works: boolean | Error) => void>();
  #next = 0;
  constructor(namespace: Namespace) {
    const [program = "", ...args] = [...namespace.enter, process.execPath, "--import", "tsx", DRIVER];
    this.#child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", ({ id, works }: Answer) => {
      this.#waiting.get(id)?.(works);
      this.#waiting.delete(id);
    });
    // Whoever waits for an answer is not left waiting.
    this.#child.on("exit", () => {
      for (const answer of this.#waiting.values()) answer(new Error("a peer has ended"));
    });
  }
  ask(order: Order): Promise<boolean> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (works) => (works instanceof Error ? reject(works) : resolve(works)));
      this.#child.send({ id, ...order });
    });
  }
  end(): void {
    this.#child.kill("SIGKILL");
  }
}

/** A server and a client, each in a namespace of its own, and a cable between them. */
export class HostPair {
  readonly server = new Namespace();
  /** The client's. */
  readonly outside = new Namespace();
  readonly #device: string;
  readonly #ports: readonly number[];
  readonly #strangers: readonly string[];
  /** `strangers`: addresses that the client has beside those of its network. */
  constructor(device = DEVICE, ports: readonly number[] = PORTS, strangers: readonly string[] = []) {
    this.#device = device;
    this.#ports = ports;
    this.#strangers = strangers;
  }
  #listener: Peer | undefined;
  #host: Host | undefined;
  client!: Peer;

  async begin(): Promise<void> {
    await Promise.all([this.server.ready(), this.outside.ready()]);
    const inside = (words: string) => this.server.run("ip", words.split(" ")),
      outside = (words: string) => this.outside.run("ip", words.split(" "));
    inside(`link add ${this.#device} type veth peer name c0 netns ${this.outside.pid}`);
    inside("link set lo up");
    inside(`link set ${this.#device} up`);
    outside("link set c0 up");
    const macOf = (run: (words: string) => string, device: string) =>
      /link\/ether (\S+)/.exec(run(`link show ${device}`))![1]!;
    const own = macOf(inside, this.#device),
      other = macOf(outside, "c0");
    for (const family of ["ipv4", "ipv6"] as const) {
      const length = family === "ipv4" ? 24 : 64,
        add = (address: string) => `addr add ${address}/${length}`;
      inside(`${add(SERVER[family])} dev ${this.#device}${family === "ipv6" ? " nodad" : ""}`);
      // Who is where is known, so that neighbour discovery decides nothing here.
      outside(`neigh replace ${SERVER[family]} lladdr ${own} dev c0 nud permanent`);
      for (const address of CLIENTS[family]) {
        outside(`${add(address)} dev c0${family === "ipv6" ? " nodad" : ""}`);
        inside(`neigh replace ${address} lladdr ${other} dev ${this.#device} nud permanent`);
      }
    }
    for (const address of this.#strangers) {
      const six = address.includes(":");
      if (CLIENTS[six ? "ipv6" : "ipv4"].includes(address)) continue;
      outside(`addr add ${address}/${six ? 128 : 32} dev c0${six ? " nodad" : ""}`);
      inside(`${six ? "-6 " : ""}route add ${address} dev ${this.#device}`);
      inside(`neigh replace ${address} lladdr ${other} dev ${this.#device} nud permanent`);
    }
    this.#listener = new Peer(this.server);
    this.client = new Peer(this.outside);
    await this.#listener.ask({ do: "listen", ports: this.#ports });
  }
  /**
   * Connections that rules before have left half open would be taken for known ones: their ports come again. The server's
   * ends go first, as a reset that was dropped has left them there: what they sent again would be followed anew.
   */
  async forget(family: Family): Promise<void> {
    await this.#listener?.ask({ do: "close" });
    this.#host ??= hostIn(netlinkAddon().openNamespace(`/proc/${this.server.pid}/ns/net`));
    await deleteConnections(this.#host, SERVER[family]);
  }
  close(): void {
    this.#listener?.end();
    this.client?.end();
    this.server.close();
    this.outside.close();
  }
}
