import { isRampartError } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Attributes } from "../netlink/attributes.js";
import { type Answer, attributesOf, familyOf } from "../netlink/replies.js";
import { NFPROTO, NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { holds, parseNetwork } from "./address.js";
import { ask, countDone, tell } from "./ask.js";
import { readTuple, type Tuple, turned, writeTuple } from "./conntrack-tuple.js";
import {
  ADDRESS,
  ATTR,
  BE_LIBERAL,
  MESSAGE,
  STATUS,
  TCP,
  TCP_INFO,
  TCP_STATES,
  TUPLE,
} from "./conntrack-wire.js";
import type { Host } from "./host.js";

/** A connection that conntrack follows. JSON-safe. */
export interface Connection {
  readonly family: Family;
  /** As its first packet was; and as its answers are, which NAT may make different. */
  readonly original: Tuple;
  readonly reply: Tuple;
  /** The kernel's number for it. */
  readonly id: number;
  readonly seenReply: boolean;
  readonly assured: boolean;
  readonly tcpState?: (typeof TCP_STATES)[number];
  /** Seconds until it is forgotten, unless packets come. */
  readonly timeout: number;
  readonly mark: number;
}

interface ListOptions {
  readonly signal?: AbortSignal;
}
/**
 * All connections that conntrack follows, as `conntrack -L` lists them.
 *
 * @throws `permission`, `host` where the kernel has no nf_conntrack_netlink, `aborted`
 */
export const listConnections = (
  host: Host,
  family: Family,
  { signal }: ListOptions = {},
): Promise<Connection[]> => dump(host, family, readConnection, signal);

function dump<T>(
  host: Host,
  family: Family,
  read: (answer: Answer) => T | undefined,
  signal?: AbortSignal,
): Promise<T[]> {
  const writer = new MessageWriter();
  writer.begin({ type: MESSAGE.get, flags: NLM_F.dump, sequence: 1, family: NFPROTO[family] });
  writer.end();
  const operation = `listing the tracked ${family} connections`;
  return ask({ transport: host.netfilter, request: writer.take(), operation, read, signal });
}

/** The connection that has this direction, whichever of the two it is; undefined where none is tracked. */
export async function findConnection(
  host: Host,
  family: Family,
  tuple: Tuple,
): Promise<Connection | undefined> {
  const writer = new MessageWriter();
  writer.begin({ type: MESSAGE.get, flags: NLM_F.ack, sequence: 1, family: NFPROTO[family] });
  writeTuple(writer, ATTR.original, family, tuple);
  writer.end();
  const operation = "looking for a tracked connection";
  try {
    const request = writer.take();
    return (await ask({ transport: host.netfilter, request, operation, read: readConnection }))[0];
  } catch (error) {
    if (isRampartError(error, "host") && error.context.errorName === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Makes conntrack forget every connection from or to an address or network, NAT considered: the next packet of each is
 * judged anew.
 *
 * @returns how many were forgotten
 */
export async function deleteConnections(host: Host, of: string, options?: ListOptions): Promise<number> {
  const network = parseNetwork(of),
    { family } = network;
  return deleteConnectionsOf(host, family, of, (bytes, at) => holds(network, bytes, at), options);
}
/** Whether the address whose bytes begin at `at` is meant. */
type AddressTest = (bytes: Uint8Array, at: number) => boolean;
/** The same for any addresses of a family, in one go; `of` is what to call them. */
export async function deleteConnectionsOf(
  host: Host,
  family: Family,
  of: string,
  meant: AddressTest,
  { signal }: ListOptions = {},
): Promise<number> {
  const operation = `forgetting the tracked connections of ${of}`;
  const found = await dump(
    host,
    family,
    (answer) => (concerns(answer, family, meant) ? rawKey(answer) : undefined),
    signal,
  );
  const writer = new MessageWriter();
  for (const [i, { tuple, id, zone }] of found.entries()) {
    writer.begin({ type: MESSAGE.delete, flags: NLM_F.ack, sequence: i + 1, family: NFPROTO[family] });
    const nest = writer.open(ATTR.original);
    writer.raw(tuple);
    writer.close(nest);
    writer.data(ATTR.id, id);
    if (zone) writer.data(ATTR.zone, zone);
    writer.end();
  }
  return countDone(await tell(host.netfilter, writer.take(), operation), operation);
}
/** Whether any of the four addresses is meant; looks at bytes only, as there may be a million of them. */
function concerns(answer: Answer, family: Family, meant: AddressTest): boolean {
  const kinds = ADDRESS[family];
  for (const a = attributesOf(answer); a.next(); )
    if (a.type === ATTR.original || a.type === ATTR.reply)
      for (const part = a.nest(); part.next(); )
        if (part.type === TUPLE.address)
          for (const ip = part.nest(); ip.next(); )
            if ((ip.type === kinds.source || ip.type === kinds.destination) && meant(ip.bytes, ip.at))
              return true;
  return false;
}
/** What names an entry when it is deleted: its direction as the kernel wrote it, its number, its zone. */
interface Key {
  readonly tuple: Uint8Array;
  readonly id: Uint8Array;
  readonly zone: Uint8Array | undefined;
}
function rawKey(answer: Answer): Key | undefined {
  let tuple: Uint8Array | undefined, id: Uint8Array | undefined, zone: Uint8Array | undefined;
  for (const a = attributesOf(answer); a.next(); )
    if (a.type === ATTR.original) tuple = a.data();
    else if (a.type === ATTR.id) id = a.data();
    else if (a.type === ATTR.zone) zone = a.data();
  return tuple && id && { tuple, id, zone };
}

export interface NewConnection {
  readonly family: Family;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Seconds. Default 300: once packets come, the kernel's own time for established connections counts. */
  readonly timeout?: number;
}
const DEFAULT_TIMEOUT = 300;

/**
 * Lets conntrack know a TCP connection that is established already: replies seen, assured, and liberal about windows that
 * nobody has followed. Its packets are ESTABLISHED from then on.
 *
 * @returns false if there is such an entry already
 * @throws `permission`, `host`
 */
export async function createConnection(host: Host, connection: NewConnection): Promise<boolean> {
  const { family, timeout = DEFAULT_TIMEOUT } = connection,
    operation = "telling conntrack of an established connection",
    writer = new MessageWriter();
  writer.begin({
    type: MESSAGE.create,
    flags: NLM_F.ack | NLM_F.create | NLM_F.exclusive,
    sequence: 1,
    family: NFPROTO[family],
  });
  const there: Tuple = { ...connection, protocol: "tcp" };
  writeTuple(writer, ATTR.original, family, there);
  writeTuple(writer, ATTR.reply, family, turned(there));
  writer.be32(ATTR.status, STATUS.seenReply | STATUS.assured | STATUS.confirmed);
  writer.be32(ATTR.timeout, timeout);
  const info = writer.open(ATTR.protocolInfo),
    tcp = writer.open(TCP_INFO);
  writer.u8(TCP.state, TCP_STATES.indexOf("ESTABLISHED"));
  writer.data(TCP.flagsOriginal, LIBERAL);
  writer.data(TCP.flagsReply, LIBERAL);
  writer.close(tcp);
  writer.close(info);
  writer.end();
  const ends = await tell(host.netfilter, writer.take(), operation);
  if (ends.some(({ errno }) => errno === EEXIST)) return false;
  countDone(ends, operation);
  return true;
}
const EEXIST = 17,
  LIBERAL = Uint8Array.of(BE_LIBERAL, BE_LIBERAL);

function readConnection(answer: Answer): Connection | undefined {
  const family: Family = familyOf(answer) === NFPROTO.ipv6 ? "ipv6" : "ipv4";
  let original: Tuple | undefined,
    reply: Tuple | undefined,
    tcpState: Connection["tcpState"],
    [id, status, timeout, mark] = [0, 0, 0, 0];
  for (const a = attributesOf(answer); a.next(); )
    if (a.type === ATTR.original) original = readTuple(a.nest(), family);
    else if (a.type === ATTR.reply) reply = readTuple(a.nest(), family);
    else if (a.type === ATTR.id) id = a.be32();
    else if (a.type === ATTR.status) status = a.be32();
    else if (a.type === ATTR.timeout) timeout = a.be32();
    else if (a.type === ATTR.mark) mark = a.be32();
    else if (a.type === ATTR.protocolInfo) tcpState = readTcpState(a.nest());
  if (!original || !reply) return undefined;
  return {
    family,
    original,
    reply,
    id,
    seenReply: (status & STATUS.seenReply) !== 0,
    assured: (status & STATUS.assured) !== 0,
    ...(tcpState && { tcpState }),
    timeout,
    mark,
  };
}
function readTcpState(info: Attributes): Connection["tcpState"] {
  while (info.next())
    if (info.type === TCP_INFO)
      for (const a = info.nest(); a.next(); ) if (a.type === TCP.state) return TCP_STATES[a.u8()];
  return undefined;
}
