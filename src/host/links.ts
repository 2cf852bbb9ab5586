import { addressText } from "../codec/address.js";
import { FAMILIES, type Family } from "../model/family.js";
import { Attributes } from "../netlink/attributes.js";
import type { Answer } from "../netlink/replies.js";
import { NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { ADDRESS_FAMILY, addressSize } from "./address.js";
import { ask } from "./ask.js";
import type { Host } from "./host.js";
import {
  ADDRESS,
  ADDRESS_ATTR,
  ADDRESS_FLAG,
  LINK,
  LINK_ATTR,
  LINK_FLAG,
  LINK_KIND,
  MESSAGE,
  SCOPES,
} from "./route-wire.js";

export interface HostInterface {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly loopback: boolean;
  /** `veth`, `bridge`, `wireguard`, `tun` and the like; absent of what is no virtual one. */
  readonly kind?: string;
}
/** An address of this host. */
export interface HostAddress {
  readonly family: Family;
  readonly address: string;
  /** Of the network that it is in. */
  readonly prefixLength: number;
  readonly interface: string;
  readonly scope: "universe" | "site" | "link" | "host";
  /** It has a lifetime: from DHCP, or made of a router's advertisement. */
  readonly dynamic: boolean;
}

/** The interfaces of the namespace, as `ip link` lists them. */
export const hostInterfaces = (host: Host): Promise<HostInterface[]> =>
  ask({
    transport: host.route,
    request: dumpRequest(MESSAGE.getLink, LINK.size, 0),
    operation: "listing the interfaces",
    read: readLink,
  });

/** A dump of rtnetlink's; its struct begins with the address family. */
export function dumpRequest(type: number, size: number, family: number): Uint8Array {
  const payload = new Uint8Array(size),
    writer = new MessageWriter();
  payload[0] = family;
  writer.beginWith({ type, flags: NLM_F.dump, sequence: 1 }, payload);
  writer.end();
  return writer.take();
}

function readLink({ bytes, at, end }: Answer): HostInterface {
  const { slots } = LINK,
    flags = slots.flags.get(bytes, at);
  let name = "",
    kind: string | undefined;
  for (const a = new Attributes(bytes, at + LINK.size, end); a.next(); )
    if (a.type === LINK_ATTR.name) name = a.text();
    else if (a.type === LINK_ATTR.linkInfo)
      for (const info = a.nest(); info.next(); ) if (info.type === LINK_KIND) kind = info.text();
  return {
    index: slots.index.get(bytes, at),
    name,
    up: (flags & LINK_FLAG.up) !== 0,
    loopback: (flags & LINK_FLAG.loopback) !== 0,
    ...(kind !== undefined && { kind }),
  };
}
export type InterfaceNames = ReadonlyMap<number, string>;
export const interfaceNames = async (host: Host): Promise<InterfaceNames> =>
  new Map((await hostInterfaces(host)).map(({ index, name }) => [index, name]));
/** As ip(8) calls an interface that has no name here. */
export const interfaceName = (names: InterfaceNames, index: number): string =>
  names.get(index) ?? `if${index}`;

/** The addresses of this host, of both families, as `ip address` lists them. */
export async function hostAddresses(host: Host): Promise<HostAddress[]> {
  const names = await interfaceNames(host);
  const lists = FAMILIES.map((family) =>
    ask({
      transport: host.route,
      request: dumpRequest(MESSAGE.getAddress, ADDRESS.size, ADDRESS_FAMILY[family]),
      operation: `listing the ${family} addresses`,
      read: (answer) => readAddress(answer, family, names),
    }),
  );
  return (await Promise.all(lists)).flat();
}

function readAddress(
  { bytes, at, end }: Answer,
  family: Family,
  names: InterfaceNames,
): HostAddress | undefined {
  const { slots } = ADDRESS;
  let address: string | undefined,
    local: string | undefined,
    flags = slots.flags.get(bytes, at);
  for (const a = new Attributes(bytes, at + ADDRESS.size, end); a.next(); )
    // Of a point-to-point link the one is the peer's; the other, where there is one, is always ours.
    if (a.type === ADDRESS_ATTR.address) address = addressText(bytes, a.at, addressSize(family));
    else if (a.type === ADDRESS_ATTR.local) local = addressText(bytes, a.at, addressSize(family));
    else if (a.type === ADDRESS_ATTR.flags) flags = a.host32();
  const ours = local ?? address;
  if (ours === undefined) return undefined;
  return {
    family,
    address: ours,
    prefixLength: slots.prefixLength.get(bytes, at),
    interface: interfaceName(names, slots.index.get(bytes, at)),
    scope: SCOPES[slots.scope.get(bytes, at)] ?? "universe",
    dynamic: (flags & ADDRESS_FLAG.permanent) === 0,
  };
}
