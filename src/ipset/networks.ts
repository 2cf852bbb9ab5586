import type { Family } from "../model/family.js";
import { Slices } from "../model/slices.js";
import type { Transport } from "../native.js";
import { host16 } from "../netlink/attributes.js";
import { replies } from "../netlink/replies.js";
import { ATTRIBUTE, align4, NET_BYTEORDER, TYPE_MASK } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { beginChange, type Change, endChange } from "./batch.js";
import type { ChangeOptions } from "./change.js";
import { setError } from "./failure.js";
import type { Stretch } from "./listing.js";
import { isNumber, type PackedKind, type PackedNetworks } from "./packed.js";
import { ATTR, CADT, IPADDR } from "./protocol.js";
import { Sender } from "./send.js";

const FULL_MESSAGE = 0xffff - 512,
  FULL_REQUEST = 1 << 20;
const wordsOf = (family: Family): number => (family === "ipv4" ? 1 : 4);

/** Whether the `i`th is a host that a hash:ip can hold. */
function isHost({ family, addresses, bits }: PackedNetworks, i: number): boolean {
  const words = wordsOf(family);
  return bits[i] === words * 32 && isNumber(addresses, i * words, words);
}
/** Elements as they stand in a message, all alike but for address and prefix: those are put in. */
class Elements {
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly most: number;
  readonly #networks: PackedNetworks;
  readonly #kind: PackedKind;
  /** The next network that nobody has looked at. */
  #next = 0;
  constructor(networks: PackedNetworks, kind: PackedKind) {
    const writer = new MessageWriter(),
      data = writer.open(ATTR.data),
      ip = writer.open(CADT.ip);
    writer.data(IPADDR[networks.family] | NET_BYTEORDER, new Uint8Array(wordsOf(networks.family) * 4));
    writer.close(ip);
    if (kind === "nets") writer.u8(CADT.cidr, 0);
    writer.close(data);
    const one = writer.take();
    this.size = one.length;
    this.most = Math.floor(FULL_MESSAGE / one.length);
    this.bytes = new Uint8Array(this.most * one.length);
    for (let i = 0; i < this.most; i++) this.bytes.set(one, i * one.length);
    this.#networks = networks;
    this.#kind = kind;
  }
  /** Fills in the next ones; how many. 0 at the end. */
  fill(): number {
    const { bytes, size, most } = this,
      networks = this.#networks,
      { addresses, bits, length } = networks,
      words = wordsOf(networks.family),
      hosts = this.#kind === "hosts";
    let count = 0,
      i = this.#next;
    for (; i < length && count < most; i++) {
      if (isHost(networks, i) !== hosts) continue;
      let at = count++ * size + 3 * ATTRIBUTE;
      for (let w = i * words, end = w + words; w < end; w++, at += 4) {
        const word = addresses[w]!;
        bytes[at] = word >>> 24;
        bytes[at + 1] = word >>> 16;
        bytes[at + 2] = word >>> 8;
        bytes[at + 3] = word;
      }
      if (!hosts) bytes[at + ATTRIBUTE] = bits[i]!;
    }
    this.#next = i;
    return count;
  }
}

/** Adds or deletes those of one kind; how many they were. Otherwise as `sendEntries`. */
export async function sendNetworks(
  transport: Transport,
  change: Change,
  kind: PackedKind,
  networks: PackedNetworks,
  { signal, onProgress }: ChangeOptions = {},
): Promise<number> {
  const slices = new Slices(`ipset ${change.command} ${change.name}`, signal),
    elements = new Elements(networks, kind),
    free = [new MessageWriter(FULL_REQUEST), new MessageWriter(FULL_REQUEST)];
  const sender = new Sender(transport, change, (batch) => {
    batch.writer.clear();
    free.push(batch.writer);
    onProgress?.(batch.end);
  });
  let total = 0;
  try {
    for (let count = elements.fill(); count > 0; ) {
      const writer = free.pop()!,
        starts = [];
      for (; count > 0 && writer.length + FULL_MESSAGE < FULL_REQUEST; count = elements.fill()) {
        starts.push({ at: writer.length, first: total });
        putElements(writer, change, starts.length, elements, count);
        total += count;
        if (slices.over()) await slices.pause();
      }
      await sender.send({ bytes: writer.written(), writer, starts, end: total });
    }
    await sender.end();
  } catch (error) {
    await sender.fail(error);
  }
  return total;
}
function putElements(
  writer: MessageWriter,
  change: Pick<Change, "command" | "name" | "exist">,
  sequence: number,
  elements: Elements,
  count: number,
): void {
  const adt = beginChange(writer, change, sequence);
  writer.raw(elements.bytes.subarray(0, count * elements.size));
  endChange(writer, adt);
}

/** Changes of several sets. */
export interface PackedChange extends Pick<Change, "command" | "name"> {
  readonly kind: PackedKind;
  readonly networks: PackedNetworks;
}
/**
 * Carries all of them out by one system call: whoever is killed has made all of these changes or none. What the kernel
 * refuses ends only its own part.
 *
 * @throws `set`
 */
export async function changeAtOnce(transport: Transport, changes: readonly PackedChange[]): Promise<void> {
  const writer = new MessageWriter(),
    ofSequence: PackedChange[] = [];
  for (const one of changes) {
    const elements = new Elements(one.networks, one.kind);
    for (let count = elements.fill(); count > 0; count = elements.fill()) {
      ofSequence.push(one);
      putElements(writer, { ...one, exist: true }, ofSequence.length, elements, count);
    }
  }
  if (ofSequence.length === 0) return;
  for (const reply of replies(await transport(writer.take())))
    if (reply.kind === "outcome" && reply.errno !== 0) {
      const one = ofSequence[reply.sequence - 1];
      throw setError(reply.errno, {
        command: one?.command ?? "add",
        set: one?.name ?? "",
        type: one?.kind === "nets" ? "hash:net" : "hash:ip",
      });
    }
}

/** Reads elements of hash:ip and hash:net into `into`; what else they hold is passed over. */
export async function readNetworks(
  stretches: readonly Stretch[],
  family: Family,
  add: (words: Uint32Array, bits: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const slices = new Slices("ipset list", signal),
    words = wordsOf(family),
    address = new Uint32Array(words);
  for (const { bytes, from, to } of stretches) {
    for (let at = from; at + ATTRIBUTE <= to; at += align4(host16(bytes, at))) {
      const end = at + host16(bytes, at);
      if (end > to || end - at < ATTRIBUTE) break;
      let cidr = words * 32;
      for (let a = at + ATTRIBUTE; a + ATTRIBUTE <= end; a += align4(host16(bytes, a))) {
        if (host16(bytes, a) < ATTRIBUTE) break;
        const type = host16(bytes, a + 2) & TYPE_MASK;
        if (type === CADT.cidr) cidr = bytes[a + ATTRIBUTE]!;
        else if (type === CADT.ip)
          for (let w = 0, b = a + 2 * ATTRIBUTE; w < words; w++, b += 4)
            address[w] = (bytes[b]! << 24) | (bytes[b + 1]! << 16) | (bytes[b + 2]! << 8) | bytes[b + 3]!;
      }
      add(address, cidr);
    }
    if (slices.over()) await slices.pause();
  }
}
