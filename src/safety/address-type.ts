import type { Family } from "../model/family.js";
import { isNot, type Negatable, type Options } from "../model/rule.js";
import { networkBounds } from "./address-bounds.js";
import { type Bounds, meeting } from "./bounds.js";
import type { Conditions } from "./conditions.js";

/**
 * `-m addrtype`. The end of the connection that is this host is LOCAL; the other end is not, unless it is one of this host's
 * addresses: then nothing is said.
 */
export function addressType(o: Options, to: Conditions): void {
  const { direction } = to.scene,
    limited = o.limitIfaceIn === true || o.limitIfaceOut === true;
  const say = (value: Negatable<readonly string[]> | undefined, here: boolean): void => {
    if (value === undefined) return;
    const types = isNot(value) ? value.not : value;
    const is = here ? isOwn(types, limited, to.scene.family) : isPeer(types, to);
    to.factOr(is, isNot(value), "-m addrtype");
  };
  say(o.srcType as Negatable<readonly string[]>, direction === "out");
  say(o.dstType as Negatable<readonly string[]>, direction === "in");
}

/**
 * The kernel asks IPv4's routes for the one type that an address has; of IPv6 it looks at the address itself first, where
 * every address of a host is UNICAST, and asks the routes only for the other types (net/netfilter/xt_addrtype.c).
 */
const NEVER_A_HOST = ["MULTICAST", "UNSPEC"];
function ofIpv6(types: readonly string[], local: boolean | undefined): boolean | undefined {
  if (types.some((type) => NEVER_A_HOST.includes(type))) return false;
  return types.some((type) => type !== "UNICAST") ? types.includes("LOCAL") && local : true;
}
/** An address of this host may be that of another interface than the one that is asked for. */
function isOwn(types: readonly string[], limited: boolean, family: Family): boolean | undefined {
  if (limited) return undefined;
  return family === "ipv6" ? ofIpv6(types, true) : types.includes("LOCAL");
}

/** What no host can have: 0/8, 224/4, 240/4, ff00::/8. */
const ODD: Readonly<Record<Family, readonly Bounds[]>> = {
  ipv4: ["0.0.0.0/8", "224.0.0.0/3"].map((text) => networkBounds(text, "ipv4")!),
  ipv6: ["ff00::/8"].map((text) => networkBounds(text, "ipv6")!),
};
function isPeer(types: readonly string[], { scene }: Conditions): boolean | undefined {
  const { peers, localPeer, family } = scene;
  if (peers === undefined || localPeer !== false) return undefined;
  if (ODD[family].some((odd) => meeting(peers, odd) !== "apart")) return undefined;
  // Whether there is a route, and of which kind, is not known; that it is an ordinary one is how the peer comes to be here.
  return family === "ipv6" ? ofIpv6(types, false) : types.includes("UNICAST");
}
