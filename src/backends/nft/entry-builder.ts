import { LITTLE } from "../../codec/struct.js";
import {
  ENTRY,
  type EntryLayout,
  FRAGMENT,
  INVERTED,
  PROTOCOL_GIVEN,
} from "../../extensions/entry-layout.js";
import type { Extension } from "../../extensions/extension.js";
import { INTERFACE_SIZE } from "../../extensions/interface.js";
import { HEADER, putHeader, short } from "../../extensions/part-header.js";
import { matches, targets } from "../../extensions/registry.js";
import type { Family } from "../../model/family.js";
import { notIptables } from "./fields.js";

/** The longest entry whose size its own header can say, rounded down. */
const LONGEST = 0xfff8;
const PLUS = 43;
export type Bits = keyof typeof INVERTED;

/** Puts an `ipt_entry` or `ip6t_entry` together, piece by piece, in memory that serves for one rule after the other. */
export class EntryBuilder {
  readonly bytes = new Uint8Array(LONGEST);
  readonly family: Family;
  readonly layout: EntryLayout;
  length = 0;
  constructor(family: Family) {
    this.family = family;
    this.layout = ENTRY[family];
  }
  begin(): void {
    this.bytes.fill(0, 0, this.layout.size);
    this.length = this.layout.size;
  }
  invert(field: Bits): void {
    this.bytes[this.layout.inverted]! |= INVERTED[field];
  }
  /** Bytes of the address at `from`; those of the mask at `mask`, all ones where that is undefined. */
  address(
    field: "source" | "destination",
    m: Uint8Array,
    from: number,
    length: number,
    mask: number | undefined,
  ): void {
    const b = this.bytes,
      at = this.layout[field],
      maskAt = field === "source" ? this.layout.sourceMask : this.layout.destinationMask;
    for (let i = 0; i < length; i++) {
      b[at + i] = m[from + i]!;
      b[maskAt + i] = mask === undefined ? 0xff : m[mask + i]!;
    }
  }
  /** A name as it is compared: with its NUL it is a whole one, without it the beginning of one. */
  device(field: "inInterface" | "outInterface", m: Uint8Array, from: number, length: number): void {
    const b = this.bytes,
      name = field === "inInterface" ? this.layout.inName : this.layout.outName,
      mask = field === "inInterface" ? this.layout.inMask : this.layout.outMask;
    let n = 0;
    while (n < length && m[from + n] !== 0) n++;
    // nft pads a whole name with NULs; anything behind the first is no name.
    for (let i = n; i < length; i++) if (m[from + i] !== 0) notIptables();
    if (n === 0 || n >= INTERFACE_SIZE) notIptables();
    const whole = n < length;
    for (let i = 0; i < n; i++) b[name + i] = m[from + i]!;
    if (!whole && n < INTERFACE_SIZE - 1) b[name + n] = PLUS;
    b.fill(0xff, mask, mask + (whole ? n + 1 : n));
  }
  /** `+`, any interface, which makes sense only where it is negated. */
  anyDevice(field: "inInterface" | "outInterface"): void {
    this.bytes[field === "inInterface" ? this.layout.inName : this.layout.outName] = PLUS;
  }
  protocol(number: number): void {
    short.set(this.bytes, this.layout.protocol, number);
    if (this.family === "ipv6") this.bytes[this.layout.flags]! |= PROTOCOL_GIVEN;
  }
  fragment(): void {
    this.bytes[this.layout.flags]! |= FRAGMENT;
  }
  goto(): void {
    this.bytes[this.layout.flags]! |= this.layout.goto;
  }
  /** Big-endian, as nf_tables counts: `from` is where they stand in `m`. */
  counters(m: Uint8Array, packets: number, bytes: number): void {
    const b = this.bytes,
      at = this.layout.counters;
    for (let i = 0; i < 8; i++) {
      b[at + (LITTLE ? 7 - i : i)] = m[packets + i]!;
      b[at + 8 + (LITTLE ? 7 - i : i)] = m[bytes + i]!;
    }
  }
  /** A match as the kernel gives it. */
  raw(name: string, revision: number, m: Uint8Array, from: number, to: number): void {
    const at = this.#part(HEADER + to - from, name, revision);
    this.#copy(m, from, to, at);
  }
  /** A match of an extension that Rampart declares, from the fields of its struct; returns where those begin. */
  match(name: string, fields: Fields): number {
    return this.#declared(matches.get(name), fields);
  }
  /** Changes fields of a match that `match` made. */
  change(name: string, at: number, fields: Fields): void {
    put(matches.get(name)!, this.family, this.bytes, at, fields);
  }
  /** From here on comes the target, one of these. */
  beginTarget(): void {
    short.set(this.bytes, this.layout.target, this.length);
  }
  target(name: string, fields: Fields): void {
    this.#declared(targets.get(name), fields);
  }
  encoded(target: Uint8Array): void {
    if (this.length + target.length > LONGEST) notIptables();
    this.#copy(target, 0, target.length, this.length);
    this.length += target.length;
  }
  end(): void {
    short.set(this.bytes, this.layout.next, this.length);
  }
  /** Few bytes at a time: each by itself is faster than a view of them. */
  #copy(m: Uint8Array, from: number, to: number, at: number): void {
    const b = this.bytes;
    for (let i = from, j = at; i < to; i++, j++) b[j] = m[i]!;
  }
  #declared(extension: Extension | undefined, fields: Fields): number {
    const revision = extension?.revision(this.family);
    if (!extension || revision === undefined) return notIptables();
    const at = this.#part(HEADER + extension.size(this.family), extension.wire, revision);
    this.bytes.fill(0, at, this.length);
    put(extension, this.family, this.bytes, at, fields);
    return at;
  }
  /** Returns where what follows the header belongs. */
  #part(size: number, name: string, revision: number): number {
    const at = this.length;
    if (at + size > LONGEST || size % 8 !== 0 || name === "") notIptables();
    putHeader(this.bytes, at, size, name, revision);
    this.length += size;
    return at + HEADER;
  }
}

/** Values of a struct's fields, by their names. */
type Fields = Readonly<Record<string, number | string>>;
function put(extension: Extension, family: Family, bytes: Uint8Array, at: number, fields: Fields): void {
  const slots = extension.struct(family)!.slots;
  for (const [name, value] of Object.entries(fields)) slots[name]!.set(bytes, at, value);
}
