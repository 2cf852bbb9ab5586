import { fail } from "../errors.js";
import { FAMILIES, type Family } from "../model/family.js";
import type { ProtectWish } from "../model/protected.js";
import { networkText, parseNetwork } from "./address.js";
import type { Entry } from "./findings.js";

const EVERYBODY = { ipv4: "0.0.0.0/0", ipv6: "::/0" } as const satisfies Record<Family, string>;

/** What a wish means: an entry for each family that it can mean. Throws `invalid-value`. */
export function wishedFor({ from, to, protocol = "tcp", port }: ProtectWish): Entry[] {
  if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`protect: ${port} is no port`);
  const source = from === undefined ? undefined : parseNetwork(from),
    target = to === undefined ? undefined : parseNetwork(to);
  if (source && target && source.family !== target.family)
    fail(`protect: ${from} and ${to} are of different families`);
  const families = source || target ? [(source ?? target)!.family] : FAMILIES;
  return families.map((family) => ({
    family,
    protocol,
    from: source && from!.includes("/") ? networkText(source) : (from ?? EVERYBODY[family]),
    ...(to !== undefined && { to }),
    port,
  }));
}
