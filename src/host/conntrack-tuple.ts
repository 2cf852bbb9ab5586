import { addressText } from "../codec/address.js";
import type { Family } from "../model/family.js";
import { protocolNumber, protocolOf } from "../model/protocol.js";
import type { Protocol } from "../model/rule.js";
import type { Attributes } from "../netlink/attributes.js";
import type { MessageWriter } from "../netlink/writer.js";
import { addressBytes, addressSize } from "./address.js";
import { ADDRESS, PROTOCOL, TUPLE } from "./conntrack-wire.js";

/** One direction of a connection. */
export interface Tuple {
  readonly source: string;
  readonly destination: string;
  readonly protocol: Protocol;
  /** Absent of protocols without ports. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}
/** The direction of its answers, where no NAT changes them. */
export const turned = ({ source, destination, sourcePort, destinationPort, ...rest }: Tuple): Tuple => ({
  ...rest,
  source: destination,
  destination: source,
  ...(destinationPort !== undefined && { sourcePort: destinationPort }),
  ...(sourcePort !== undefined && { destinationPort: sourcePort }),
});

export function writeTuple(writer: MessageWriter, type: number, family: Family, tuple: Tuple): void {
  const nest = writer.open(type),
    addresses = writer.open(TUPLE.address),
    kinds = ADDRESS[family];
  writer.data(kinds.source, addressBytes(tuple.source, family));
  writer.data(kinds.destination, addressBytes(tuple.destination, family));
  writer.close(addresses);
  const protocol = writer.open(TUPLE.protocol);
  writer.u8(PROTOCOL.number, protocolNumber(tuple.protocol));
  if (tuple.sourcePort !== undefined) writer.be16(PROTOCOL.sourcePort, tuple.sourcePort);
  if (tuple.destinationPort !== undefined) writer.be16(PROTOCOL.destinationPort, tuple.destinationPort);
  writer.close(protocol);
  writer.close(nest);
}

export function readTuple(tuple: Attributes, family: Family): Tuple {
  const kinds = ADDRESS[family],
    text = ({ bytes, at }: Attributes) => addressText(bytes, at, addressSize(family)),
    read: { -readonly [K in keyof Tuple]: Tuple[K] } = { source: "", destination: "", protocol: 0 };
  while (tuple.next())
    if (tuple.type === TUPLE.address)
      for (const a = tuple.nest(); a.next(); )
        if (a.type === kinds.source) read.source = text(a);
        else if (a.type === kinds.destination) read.destination = text(a);
        else continue;
    else if (tuple.type === TUPLE.protocol)
      for (const a = tuple.nest(); a.next(); )
        if (a.type === PROTOCOL.number) read.protocol = protocolOf(a.u8());
        else if (a.type === PROTOCOL.sourcePort) read.sourcePort = a.be16();
        else if (a.type === PROTOCOL.destinationPort) read.destinationPort = a.be16();
  return read;
}
