import { setTimeout as sleep } from "node:timers/promises";
import { isRampartError, RampartError } from "../errors.js";
import { addressBytes, holds, parseNetwork } from "../host/address.js";
import type { Host } from "../host/host.js";
import { findProtection } from "../host/protection.js";
import { type HostSocket, listSockets } from "../host/sockets.js";
import type { Endpoint } from "../model/endpoint.js";
import type { DeadManPeer } from "./dead-man.js";

/** How somebody comes in by ssh who is known. */
export type Way = Endpoint & { readonly from: string };
export interface KnownWays {
  readonly ways: readonly Way[];
  /** Sentences: what could not be found out. */
  readonly notes: readonly string[];
}

/** Who is logged in by ssh, and so must be able to come again. */
export async function findWays(host: Host): Promise<KnownWays> {
  try {
    const { endpoints } = await findProtection(host);
    const ways = endpoints.filter(
      (one): one is Way =>
        one.protocol === "tcp" && !one.advisory && one.peerPort === undefined && one.from !== undefined,
    );
    return { ways, notes: [] };
  } catch (error) {
    if (!isRampartError(error)) throw error;
    return { ways: [], notes: [`who is logged in by ssh could not be found out: ${error.message}`] };
  }
}
export const peersOf = (ways: readonly Way[]): DeadManPeer[] =>
  ways.map(({ family, from, port }) => ({ family, from, port }));

/** Tells a connection that was made after a change from those that there were. */
export class Witness {
  readonly #host: Host;
  readonly #ways: readonly Way[];
  #before: ReadonlySet<string> = new Set();
  /** @throws `guard` where nobody is known whose coming would prove anything: anyone's would be no proof. */
  constructor(host: Host, ways: readonly Way[]) {
    if (ways.length === 0)
      throw new RampartError("guard", {
        problem: "autoConfirm: nobody is known to be logged in by ssh, whose coming again could be the proof",
      });
    this.#host = host;
    this.#ways = ways;
  }
  /** After the commit: a connection that is there by then, or half made, was begun under the old rules. */
  async begin(): Promise<void> {
    const there = await listSockets(this.#host, { states: ["ESTABLISHED", "SYN_RECV"] });
    this.#before = new Set(there.map(({ cookie }) => cookie));
  }

  /** A new connection of somebody known over which both sides have sent something that arrived. Silence proves nothing. */
  async proof(): Promise<HostSocket | undefined> {
    const isNew = ({ cookie }: HostSocket): boolean => !this.#before.has(cookie),
      carries = ({ traffic }: HostSocket): boolean =>
        traffic !== undefined && traffic.received > 0 && traffic.acknowledged > 0;
    const now = await listSockets(this.#host, { states: ["ESTABLISHED"] });
    return now.find(
      (socket) => isNew(socket) && carries(socket) && this.#ways.some((way) => isOn(way, socket)),
    );
  }
}

const isOn = ({ family, from, port }: Way, { family: own, local, remote }: HostSocket): boolean =>
  own === family && local.port === port && holds(parseNetwork(from), addressBytes(remote.address, family), 0);

const INTERVAL = 200;
/** Calls `confirm` on the first proof; ends when `isWaiting` says no. Does not keep the process alive. */
export async function confirmOnProof(
  witness: Witness,
  isWaiting: () => Promise<boolean>,
  confirm: () => Promise<void>,
): Promise<void> {
  await witness.begin();
  while (await isWaiting()) {
    if (await witness.proof()) return confirm();
    await sleep(INTERVAL, undefined, { ref: false });
  }
}
