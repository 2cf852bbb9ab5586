import { fail } from "../errors.js";
import type { Endpoint } from "../model/endpoint.js";
import { FAMILIES } from "../model/family.js";
import { networkText, parseNetwork } from "./address.js";

/** What a user names: `protect: [{ from: "198.51.100.0/24", protocol: "udp", port: 51820 }]`. */
export interface ProtectWish {
  /** Address or network. Default: anyone, of both families. */
  readonly from?: string;
  /** Default: any address of this host. */
  readonly to?: string;
  /** Default `tcp`. */
  readonly protocol?: Endpoint["protocol"];
  readonly port: number;
}

/** What a wish means: an endpoint of each family that it can mean. Throws `invalid-value`. */
export function wishedFor({ from, to, protocol = "tcp", port }: ProtectWish): Endpoint[] {
  if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`protect: ${port} is no port`);
  if (protocol !== "tcp" && protocol !== "udp")
    fail(`protect: the protocol is tcp or udp, not "${protocol}"`);
  const source = from === undefined ? undefined : parseNetwork(from),
    target = to === undefined ? undefined : parseNetwork(to);
  if (source && target && source.family !== target.family)
    fail(`protect: ${from} and ${to} are of different families`);
  const families = source || target ? [(source ?? target)!.family] : FAMILIES;
  return families.map((family) => ({
    family,
    protocol,
    ...(source && { from: from!.includes("/") ? networkText(source) : from! }),
    ...(to !== undefined && { to }),
    port,
    provenance: [{ found: "user", where: "protect" }],
  }));
}
