import { textAt, textEnd } from "../../codec/struct.js";
import { Attributes } from "../../netlink/attributes.js";
import { DATA } from "./wire.js";

/** More than any expression's attributes that are known here. */
const MOST = 16;

/** Thrown for a rule that holds what iptables has no words for. */
export class NotIptables extends Error {}
export const notIptables = (): never => {
  throw new NotIptables();
};

/** The attributes of one nest, found by their type. One object serves for one nest after the other. */
export class Fields {
  bytes: Uint8Array = new Uint8Array(0);
  readonly #from = new Int32Array(MOST);
  readonly #to = new Int32Array(MOST);
  /** Throws NotIptables for an attribute that is not in `known`. */
  read(bytes: Uint8Array, from: number, to: number, known: number): this {
    this.bytes = bytes;
    this.#from.fill(-1);
    for (const a = new Attributes(bytes, from, to); a.next(); ) {
      if (a.type > known) notIptables();
      this.#from[a.type] = a.at;
      this.#to[a.type] = a.end;
    }
    return this;
  }
  has(type: number): boolean {
    return this.#from[type]! >= 0;
  }
  from(type: number): number {
    return this.has(type) ? this.#from[type]! : notIptables();
  }
  to(type: number): number {
    return this.#to[type]!;
  }
  be32(type: number): number {
    const m = this.bytes,
      at = this.from(type);
    return ((m[at]! << 24) | (m[at + 1]! << 16) | (m[at + 2]! << 8) | m[at + 3]!) >>> 0;
  }
  /** 0 where it is absent. */
  be32Or0(type: number): number {
    return this.has(type) ? this.be32(type) : 0;
  }
  be16Or0(type: number): number {
    if (!this.has(type)) return 0;
    const at = this.from(type);
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }
  /** What is too large to be exact stands for nothing here. */
  be64(type: number): number {
    const m = this.bytes,
      at = this.from(type);
    let value = 0;
    for (let i = at; i < at + 8; i++) value = value * 256 + m[i]!;
    return Number.isSafeInteger(value) ? value : notIptables();
  }
  text(type: number): string {
    const at = this.from(type);
    return textAt(this.bytes, at, textEnd(this.bytes, at, this.to(type)));
  }
  /** Where the plain value in the data nest of that type begins; `value.length` tells how long it is. */
  value(type: number): Value {
    for (const a = new Attributes(this.bytes, this.from(type), this.to(type)); a.next(); )
      if (a.type === DATA.value) return { at: a.at, length: a.length };
    return notIptables();
  }
}
export interface Value {
  readonly at: number;
  readonly length: number;
}
