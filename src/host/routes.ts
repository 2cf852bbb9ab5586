import { addressText } from "../codec/address.js";
import { isRampartError } from "../errors.js";
import { FAMILIES, type Family } from "../model/family.js";
import { Attributes, host16, host32 } from "../netlink/attributes.js";
import type { Answer } from "../netlink/replies.js";
import { NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { ADDRESS_FAMILY, addressBytes, addressSize, familyOfAddress } from "./address.js";
import { ask } from "./ask.js";
import type { Host } from "./host.js";
import { dumpRequest, type InterfaceNames, interfaceName, interfaceNames } from "./links.js";
import { MESSAGE, NEXT_HOP, ROUTE, ROUTE_ATTR, ROUTE_PROTOCOL_RA, ROUTE_TYPES } from "./route-wire.js";

export interface HostRoute {
  readonly family: Family;
  /** A network in CIDR notation; `0.0.0.0/0` and `::/0` are the default route. */
  readonly destination: string;
  /** Number of the routing table: 254 is `main`, 255 `local`. */
  readonly table: number;
  readonly type: Exclude<(typeof ROUTE_TYPES)[number], "unspec">;
  readonly metric: number;
  /** From a router's advertisement, so that it goes when those are dropped. */
  readonly advertised: boolean;
  /** Source address of what this host sends by itself that way, if the route says so. */
  readonly source?: string;
  /** One, or several of which one is chosen; none of a blackhole. */
  readonly hops: readonly NextHop[];
}
export interface NextHop {
  readonly interface: string;
  /** Absent where the destination is on the link. */
  readonly gateway?: string;
}

/** The routes of all tables and both families, as `ip route show table all` lists them. */
export async function hostRoutes(host: Host): Promise<HostRoute[]> {
  const names = await interfaceNames(host);
  const lists = FAMILIES.map((family) =>
    ask({
      transport: host.route,
      request: dumpRequest(MESSAGE.getRoute, ROUTE.size, ADDRESS_FAMILY[family]),
      operation: `listing the ${family} routes`,
      read: (answer) => readRoute(answer, names),
    }),
  );
  return (await Promise.all(lists)).flat();
}

/** How a packet to `peer` would leave now, by all rules and tables; undefined where no route leads there. */
export async function routeTo(host: Host, peer: string): Promise<HostRoute | undefined> {
  const family = familyOfAddress(peer),
    payload = new Uint8Array(ROUTE.size),
    writer = new MessageWriter();
  ROUTE.slots.family.set(payload, 0, ADDRESS_FAMILY[family]);
  ROUTE.slots.destinationLength.set(payload, 0, addressSize(family) * 8);
  writer.beginWith({ type: MESSAGE.getRoute, flags: NLM_F.ack, sequence: 1 }, payload);
  writer.data(ROUTE_ATTR.destination, addressBytes(peer, family));
  writer.end();
  const request = writer.take(),
    names = await interfaceNames(host),
    operation = `asking for the route to ${peer}`;
  try {
    const [route] = await ask({
      transport: host.route,
      request,
      operation,
      read: (answer) => readRoute(answer, names),
    });
    return route && !NOWHERE.includes(route.type) ? route : undefined;
  } catch (error) {
    const refused = isRampartError(error, "host") || isRampartError(error, "permission");
    if (refused && UNREACHABLE.includes(error.context.errorName)) return undefined;
    throw error;
  }
}
/** How the kernel says that there is no way: by an answer with such a route, or by refusing, one errno for each. */
const NOWHERE: readonly string[] = ["blackhole", "unreachable", "prohibit"];
const UNREACHABLE: readonly string[] = ["ENETUNREACH", "EHOSTUNREACH", "EACCES", "EINVAL"];

/** Where what is on no network of this host is sent to: the addresses of the routers, of both families. */
export const gatewaysIn = (routes: readonly HostRoute[]): string[] => [
  ...new Set(
    routes
      .filter(({ destination, type }) => destination.endsWith("/0") && type === "unicast")
      .flatMap(({ hops }) => hops.flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]))),
  ),
];
export const defaultGateways = async (host: Host): Promise<string[]> => gatewaysIn(await hostRoutes(host));

function readRoute({ bytes, at, end }: Answer, names: InterfaceNames): HostRoute | undefined {
  const { slots } = ROUTE,
    family = familyOfNumber(slots.family.get(bytes, at)),
    type = ROUTE_TYPES[slots.type.get(bytes, at)];
  if (!family || !type || type === "unspec") return undefined;
  const size = addressSize(family),
    length = slots.destinationLength.get(bytes, at),
    to = (text: string) => `${text}/${length}`;
  let destination = to(family === "ipv4" ? "0.0.0.0" : "::"),
    table = slots.table.get(bytes, at),
    metric = 0,
    source: string | undefined,
    hops: NextHop[] = [];
  const single = readHop(new Attributes(bytes, at + ROUTE.size, end), family, names);
  for (const a = new Attributes(bytes, at + ROUTE.size, end); a.next(); )
    if (a.type === ROUTE_ATTR.destination) destination = to(addressText(bytes, a.at, size));
    else if (a.type === ROUTE_ATTR.table) table = a.host32();
    else if (a.type === ROUTE_ATTR.priority) metric = a.host32();
    else if (a.type === ROUTE_ATTR.preferredSource) source = addressText(bytes, a.at, size);
    else if (a.type === ROUTE_ATTR.multipath) hops = readHops(a, family, names);
  if (single) hops.push(single);
  const advertised = slots.protocol.get(bytes, at) === ROUTE_PROTOCOL_RA;
  return {
    family,
    destination,
    table,
    type,
    metric,
    advertised,
    ...(source !== undefined && { source }),
    hops,
  };
}
const familyOfNumber = (number: number): Family | undefined =>
  FAMILIES.find((family) => ADDRESS_FAMILY[family] === number);

/** Undefined where the attributes name no interface. */
function readHop(a: Attributes, family: Family, names: InterfaceNames, index?: number): NextHop | undefined {
  let out = index,
    gateway: string | undefined;
  while (a.next())
    if (a.type === ROUTE_ATTR.outInterface) out = a.host32();
    else if (a.type === ROUTE_ATTR.gateway) gateway = addressText(a.bytes, a.at, addressSize(family));
    // A gateway of the other family: `struct rtvia` begins with its family.
    else if (a.type === ROUTE_ATTR.via) {
      const other = familyOfNumber(host16(a.bytes, a.at));
      if (other) gateway = addressText(a.bytes, a.at + 2, addressSize(other));
    }
  if (out === undefined) return undefined;
  return { interface: interfaceName(names, out), ...(gateway !== undefined && { gateway }) };
}
function readHops({ bytes, at, end }: Attributes, family: Family, names: InterfaceNames): NextHop[] {
  const hops: NextHop[] = [];
  for (let from = at; from + NEXT_HOP.size <= end; ) {
    const length = host16(bytes, from);
    if (length < NEXT_HOP.size || from + length > end) break;
    const attributes = new Attributes(bytes, from + NEXT_HOP.size, from + length);
    const hop = readHop(attributes, family, names, host32(bytes, from + NEXT_HOP.interface));
    if (hop) hops.push(hop);
    from += (length + 3) & ~3;
  }
  return hops;
}
