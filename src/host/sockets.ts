import { addressText } from "../codec/address.js";
import { LITTLE } from "../codec/struct.js";
import { FAMILIES, type Family } from "../model/family.js";
import { Attributes, host32 } from "../netlink/attributes.js";
import type { Answer } from "../netlink/replies.js";
import { NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { ADDRESS_FAMILY, addressBytes, isMapped } from "./address.js";
import { ask, countDone, tell } from "./ask.js";
import {
  ANSWER,
  ANSWER_ID,
  INFO,
  INFO_BIT,
  MESSAGE,
  REQUEST,
  REQUEST_ID,
  STATES,
  TCP_INFO,
  V6_ONLY,
} from "./diag-wire.js";
import type { Host } from "./host.js";

export type SocketState = Exclude<(typeof STATES)[number], "">;
export interface SocketAddress {
  readonly address: string;
  /** 0 is any. */
  readonly port: number;
}
/** A TCP socket of a network namespace. JSON-safe. */
export interface HostSocket {
  /** That of its packets: `ipv4` also for a socket of IPv6 that speaks to an IPv4 peer. */
  readonly family: Family;
  readonly state: SocketState;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Of a listener of IPv6: whether it takes connections of IPv4 too. */
  readonly dualStack?: true;
  /** 0 for those that no process holds any more, or not yet. */
  readonly inode: number;
  /** Which socket it is, whatever takes its ports later: 16 hex digits. */
  readonly cookie: string;
  /** The user that made it. */
  readonly uid: number;
  /** What went over it so far; absent of listeners. */
  readonly traffic?: SocketTraffic;
}
export interface SocketTraffic {
  /** Bytes. */
  readonly received: number;
  /** Bytes that the peer has acknowledged. */
  readonly acknowledged: number;
  /** Segments on their way. */
  readonly unacknowledged: number;
  /** How often the same segment has been sent in vain; more than 0 is what a cut looks like. */
  readonly backoff: number;
}

export interface ListSocketsOptions {
  /** Default: all but TIME_WAIT and CLOSE. */
  readonly states?: readonly SocketState[];
  readonly signal?: AbortSignal;
}
const TCP = 6;
const LIVE = STATES.filter((state) => state !== "" && state !== "TIME_WAIT" && state !== "CLOSE");

/**
 * The TCP sockets of both families, as sock_diag(7) lists them; it takes no privilege.
 *
 * @throws `host` where the kernel has no sock_diag, `aborted`
 */
export async function listSockets(host: Host, options: ListSocketsOptions = {}): Promise<HostSocket[]> {
  const { states = LIVE, signal } = options;
  const bits = states.reduce((all, state) => all | (1 << STATES.indexOf(state)), 0);
  const lists = FAMILIES.map((family) =>
    ask({
      transport: host.diag,
      request: listRequest(family, bits),
      operation: `listing the ${family} sockets`,
      read: readSocket,
      signal,
    }),
  );
  return (await Promise.all(lists)).flat();
}

function listRequest(family: Family, states: number): Uint8Array {
  const payload = new Uint8Array(REQUEST.size);
  REQUEST.slots.family.set(payload, 0, ADDRESS_FAMILY[family]);
  REQUEST.slots.protocol.set(payload, 0, TCP);
  REQUEST.slots.extensions.set(payload, 0, INFO_BIT);
  REQUEST.slots.states.set(payload, 0, states);
  const writer = new MessageWriter();
  writer.beginWith({ type: MESSAGE.byFamily, flags: NLM_F.dump, sequence: 1 }, payload);
  writer.end();
  return writer.take();
}

function readSocket({ bytes, at, end }: Answer): HostSocket | undefined {
  if (at + ANSWER.size > end) return undefined;
  const { slots } = ANSWER,
    six = slots.family.get(bytes, at) === ADDRESS_FAMILY.ipv6,
    state = STATES[slots.state.get(bytes, at)];
  if (!state) return undefined;
  let traffic: SocketTraffic | undefined,
    v6Only = true;
  for (const a = new Attributes(bytes, at + ANSWER.size, end); a.next(); )
    if (a.type === V6_ONLY) v6Only = a.u8() !== 0;
    else if (a.type === INFO && state !== "LISTEN") traffic = readTraffic(a);
  const local = at + ANSWER_ID.local.at,
    remote = at + ANSWER_ID.remote.at,
    four = !six || isMapped(bytes, local),
    text = (from: number) => addressText(bytes, six && four ? from + 12 : from, four ? 4 : 16);
  const any = six && bytes.subarray(local, local + 16).every((byte) => byte === 0);
  return {
    family: four ? "ipv4" : "ipv6",
    state,
    local: { address: text(local), port: ANSWER_ID.localPort.get(bytes, at) },
    remote: { address: text(remote), port: ANSWER_ID.remotePort.get(bytes, at) },
    ...(state === "LISTEN" && any && !v6Only && { dualStack: true }),
    inode: slots.inode.get(bytes, at),
    cookie: cookieText(ANSWER_ID.cookieHigh.get(bytes, at), ANSWER_ID.cookieLow.get(bytes, at)),
    uid: slots.uid.get(bytes, at),
    ...(traffic && { traffic }),
  };
}
const cookieText = (high: number, low: number): string => [high, low].map(hex8).join("");
const hex8 = (word: number): string => word.toString(16).padStart(8, "0");

function readTraffic(a: Attributes): SocketTraffic | undefined {
  if (a.length < TCP_INFO.size) return undefined;
  const { bytes, at } = a;
  return {
    received: host64(bytes, at + TCP_INFO.bytesReceived),
    acknowledged: host64(bytes, at + TCP_INFO.bytesAcked),
    unacknowledged: host32(bytes, at + TCP_INFO.unacknowledged),
    backoff: bytes[at + TCP_INFO.backoff]!,
  };
}
/** Nobody has sent more than 2^53 bytes over one connection. */
const host64 = (bytes: Uint8Array, at: number): number =>
  host32(bytes, at + (LITTLE ? 0 : 4)) + host32(bytes, at + (LITTLE ? 4 : 0)) * 0x1_0000_0000;

/**
 * Ends connections at once: their processes get ECONNABORTED, their peers a reset. A socket that has gone meanwhile is
 * skipped: its cookie tells it from whatever has its ports now.
 *
 * @returns how many were ended
 * @throws `permission`, `host` where the kernel was built without CONFIG_INET_DIAG_DESTROY
 */
export async function destroySockets(host: Host, sockets: readonly HostSocket[]): Promise<number> {
  const operation = "destroying sockets",
    writer = new MessageWriter();
  for (const [i, socket] of sockets.entries()) {
    writer.beginWith({ type: MESSAGE.destroy, flags: NLM_F.ack, sequence: i + 1 }, destroyPayload(socket));
    writer.end();
  }
  return countDone(await tell(host.diag, writer.take(), operation), operation);
}

function destroyPayload({ family, state, local, remote, cookie }: HostSocket): Uint8Array {
  const payload = new Uint8Array(REQUEST.size);
  REQUEST.slots.family.set(payload, 0, ADDRESS_FAMILY[family]);
  REQUEST.slots.protocol.set(payload, 0, TCP);
  REQUEST.slots.states.set(payload, 0, 1 << STATES.indexOf(state));
  REQUEST_ID.localPort.set(payload, 0, local.port);
  REQUEST_ID.remotePort.set(payload, 0, remote.port);
  payload.set(addressBytes(local.address, family), REQUEST_ID.local.at);
  payload.set(addressBytes(remote.address, family), REQUEST_ID.remote.at);
  REQUEST_ID.cookieHigh.set(payload, 0, Number.parseInt(cookie.slice(0, 8), 16));
  REQUEST_ID.cookieLow.set(payload, 0, Number.parseInt(cookie.slice(8), 16));
  return payload;
}
