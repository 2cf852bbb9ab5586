import { byteLength, textAt, textEnd } from "../../codec/struct.js";
import { encodeTarget } from "../../extensions/entry.js";
import type { Context } from "../../extensions/extension.js";
import type { Verdict as Word } from "../../model/rule.js";
import { Attributes, host32 } from "../../netlink/attributes.js";
import { type Bits, EntryBuilder } from "./entry-builder.js";
import {
  averageOf,
  DESTINATION,
  FRAGMENT_BITS,
  FRAGMENT_OFFSET,
  NO_INTERFACE,
  SOURCE,
} from "./expressions.js";
import { Fields, notIptables, type Value } from "./fields.js";
import { type Comparison, NativeMatches } from "./native-matches.js";
import {
  BASE,
  BITWISE,
  CMP,
  CODE,
  COUNTER,
  DATA,
  EXPRESSION,
  IMMEDIATE,
  KEY,
  LIMIT,
  LOG,
  META,
  OP,
  PAYLOAD,
  RANGE,
  REGISTER,
  VERDICT,
  XT,
} from "./wire.js";

/** What an expression loaded into a register, until one compares it. */
interface Load {
  readonly register: number;
  /** Of a meta expression. */
  readonly key?: number;
  /** Of a payload expression. */
  readonly base?: number;
  readonly offset?: number;
  readonly length?: number;
  mask?: number;
  maskLength?: number;
}
/** A constant in a register, for `meta set`. */
interface Constant {
  readonly register: number;
  readonly value: Value;
}
const WORDS: ReadonlyMap<number, Word> = new Map([
  [CODE.drop, "DROP"],
  [CODE.accept, "ACCEPT"],
  [CODE.return, "RETURN"],
]);
/** The last attribute of each expression that is known here. */
const KNOWN: ReadonlyMap<string, number> = new Map([
  ["cmp", CMP.data],
  ["range", RANGE.to],
  ["bitwise", BITWISE.operation],
  ["meta", META.sreg],
  ["payload", PAYLOAD.length],
  ["match", XT.info],
  ["limit", LIMIT.padding],
  ["counter", COUNTER.padding],
  ["immediate", IMMEDIATE.data],
  ["target", XT.info],
  ["log", LOG.threshold],
]);
const PROTOCOL_OFFSET = 9,
  TTL_OFFSET = 8,
  HOP_LIMIT_OFFSET = 7;
const LONGEST_PREFIX = 63,
  COPY_LENGTH = 1;
const COMMENT = 0;

/**
 * Reads nf_tables expressions as the `ipt_entry` or `ip6t_entry` of the same rule: every form that an iptables-nft since
 * 1.8.4 writes, and those of nft that mean the same as one of these.
 */
export class ExpressionReader {
  /** The entry that was read last. */
  readonly entry: EntryBuilder;
  readonly #ctx: Context;
  readonly #fields = new Fields();
  readonly #inner = new Fields();
  readonly #matches: NativeMatches;
  #bytes: Uint8Array = new Uint8Array(0);
  #userdata: Value | undefined;
  #load: Load | undefined;
  #constant: Constant | undefined;
  /** What the entry holds already: each thing is said once. */
  readonly #said = new Set<string>();
  #protocol: number | undefined;
  #jump: string | null | undefined;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.entry = new EntryBuilder(ctx.family);
    this.#matches = new NativeMatches(this.entry);
  }

  /**
   * Reads `bytes[from, to)`, the nest of a rule's expressions; in `userdata` there may be a comment. Returns what
   * `decodeEntry` wants to know of the jump. Throws NotIptables for a rule that iptables could not have written.
   */
  read(bytes: Uint8Array, from: number, to: number, userdata?: Value): string | null | undefined {
    this.#bytes = bytes;
    this.#userdata = userdata;
    this.#load = undefined;
    this.#constant = undefined;
    this.#said.clear();
    this.#protocol = undefined;
    this.entry.begin();
    this.#matches.begin();
    for (const a = new Attributes(bytes, from, to); a.next(); ) {
      // The target is the last thing that a rule says.
      if (this.#said.has("target")) notIptables();
      const { name, data } = expressionAt(a);
      this.#expression(name, data);
    }
    this.#dropLoad();
    if (this.#constant) notIptables();
    if (!this.#said.has("target")) {
      this.#beginTarget();
      this.#jump = null;
      this.entry.encoded(encodeTarget({}, this.#ctx));
    }
    this.entry.end();
    return this.#jump;
  }

  #expression(name: string, { at, length }: Value): void {
    const known = KNOWN.get(name) ?? notIptables(),
      f = this.#fields.read(this.#bytes, at, at + length, known);
    if (name === "cmp") this.#cmp(f);
    else if (name === "range") this.#range(f);
    else if (name === "bitwise") this.#bitwise(f);
    else if (name === "meta") this.#meta(f);
    else {
      this.#dropLoad();
      if (name === "payload") this.#payload(f);
      else if (name === "match") this.#match(f);
      else if (name === "limit") this.#limit(f);
      else if (name === "counter") this.#counter(f);
      else if (name === "immediate") this.#immediate(f);
      else if (name === "target") this.#target(f);
      else this.#log(f);
    }
  }

  /** `-i +`, as versions before 1.8.10 write it, loads the name and compares it with nothing. */
  #dropLoad(): void {
    const key = this.#load?.key;
    if (this.#load && key !== KEY.inName && key !== KEY.outName) notIptables();
    this.#load = undefined;
  }
  #meta(f: Fields): void {
    this.#dropLoad();
    const key = f.be32(META.key);
    if (!f.has(META.sreg)) {
      this.#load = { register: f.be32(META.dreg), key };
      return;
    }
    const constant = this.#constant ?? notIptables();
    if (f.be32(META.sreg) !== constant.register) notIptables();
    this.#constant = undefined;
    this.#beginTarget();
    if (key === KEY.trace && constant.value.length >= 1 && this.#bytes[constant.value.at] === 1)
      this.entry.target("TRACE", {});
    else if (key === KEY.mark && constant.value.length === 4)
      this.entry.target("MARK", { mark: host32(this.#bytes, constant.value.at), mask: 0xffff_ffff });
    else notIptables();
  }
  #payload(f: Fields): void {
    this.#load = {
      register: f.be32(PAYLOAD.dreg),
      base: f.be32(PAYLOAD.base),
      offset: f.be32(PAYLOAD.offset),
      length: f.be32(PAYLOAD.length),
    };
  }
  #bitwise(f: Fields): void {
    const load = this.#load ?? notIptables(),
      mask = f.value(BITWISE.mask),
      xor = f.value(BITWISE.xor);
    if (f.be32(BITWISE.sreg) !== load.register || f.be32(BITWISE.dreg) !== load.register) notIptables();
    if (load.mask !== undefined || f.be32Or0(BITWISE.operation) !== 0) notIptables();
    if (f.be32(BITWISE.length) !== mask.length || mask.length !== (load.length ?? mask.length)) notIptables();
    for (let i = 0; i < xor.length; i++) if (this.#bytes[xor.at + i] !== 0) notIptables();
    load.mask = mask.at;
    load.maskLength = mask.length;
  }
  #cmp(f: Fields): void {
    this.#compare(f.be32(CMP.sreg), f.be32(CMP.operation), f.value(CMP.data), undefined);
  }
  #range(f: Fields): void {
    const op = f.be32(RANGE.operation);
    if (op > 1) notIptables();
    this.#compare(f.be32(RANGE.sreg), op, f.value(RANGE.from), f.value(RANGE.to));
  }
  #compare(register: number, op: number, value: Value, to: Value | undefined): void {
    const load = this.#load ?? notIptables();
    this.#load = undefined;
    if (load.register !== register || op > OP.atLeast) notIptables();
    if ((load.length ?? value.length) !== value.length || (to && to.length !== value.length)) notIptables();
    if (load.maskLength !== undefined && load.maskLength !== value.length) notIptables();
    const c: Comparison = { m: this.#bytes, op, value, to, mask: load.mask };
    if (this.#said.has("counters")) notIptables();
    if (load.key !== undefined) this.#compareMeta(load.key, c);
    else if (load.base === BASE.network) this.#compareNetwork(load.offset!, c);
    else if (load.base === BASE.transport) this.#matches.transport(this.#protocol, load.offset!, c);
    else notIptables();
  }
  #compareMeta(key: number, c: Comparison): void {
    if (key === KEY.mark) this.#matches.mark(c);
    else if (key === KEY.packetType) this.#matches.packetType(c);
    else if (key === KEY.inName) this.#device("inInterface", c);
    else if (key === KEY.outName) this.#device("outInterface", c);
    else if (key === KEY.protocol) this.#ofProtocol(c);
    else notIptables();
  }
  #compareNetwork(offset: number, c: Comparison): void {
    const { family } = this.#ctx,
      ipv4 = family === "ipv4",
      { length } = c.value;
    if (offset === SOURCE[family]) this.#address("source", c);
    else if (offset === DESTINATION[family]) this.#address("destination", c);
    else if (ipv4 && offset === PROTOCOL_OFFSET && length === 1) this.#ofProtocol(c);
    else if (ipv4 && offset === FRAGMENT_OFFSET && length === 2) this.#fragment(c);
    else if (offset === (ipv4 ? TTL_OFFSET : HOP_LIMIT_OFFSET) && length === 1) this.#matches.hops(c);
    else notIptables();
  }

  /** A thing of the entry itself: said once, and before all extensions that may keep a state. */
  #say(what: Bits | "counters" | "target"): void {
    if (this.#said.has(what) || this.#said.has("extension")) notIptables();
    this.#said.add(what);
  }
  #sayPlain(what: Bits, { op, to }: Comparison): void {
    this.#say(what);
    if (to || op > OP.notEqual) notIptables();
    if (op === OP.notEqual) this.entry.invert(what);
  }
  #device(field: "inInterface" | "outInterface", c: Comparison): void {
    const { m, value } = c;
    if (c.mask !== undefined) notIptables();
    if (c.op === OP.equal && isBytes(NO_INTERFACE, m, value)) {
      this.#say(field);
      this.entry.invert(field);
      this.entry.anyDevice(field);
      return;
    }
    this.#sayPlain(field, c);
    this.entry.device(field, m, value.at, value.length);
  }
  #ofProtocol(c: Comparison): void {
    if (c.mask !== undefined || c.value.length !== 1) notIptables();
    this.#sayPlain("protocol", c);
    const number = c.m[c.value.at]!;
    this.entry.protocol(number);
    if (c.op === OP.equal) this.#protocol = number;
  }
  #address(field: "source" | "destination", c: Comparison): void {
    const { length } = c.value;
    if (length > this.entry.layout.address) notIptables();
    this.#sayPlain(field, c);
    this.entry.address(field, c.m, c.value.at, length, c.mask);
  }
  #fragment(c: Comparison): void {
    if (c.mask === undefined || !isBytes(FRAGMENT_BITS, c.m, { at: c.mask, length: 2 })) notIptables();
    if (c.to || c.m[c.value.at] !== 0 || c.m[c.value.at + 1] !== 0 || c.op > OP.notEqual) notIptables();
    this.#say("fragment");
    this.entry.fragment();
    if (c.op === OP.equal) this.entry.invert("fragment");
  }

  #match(f: Fields): void {
    this.#beginMatch();
    this.entry.raw(f.text(XT.name), f.be32(XT.revision), this.#bytes, f.from(XT.info), f.to(XT.info));
  }
  #limit(f: Fields): void {
    if (f.be32Or0(LIMIT.type) !== 0 || f.be32Or0(LIMIT.flags) !== 0) notIptables();
    this.#beginMatch();
    const rate = f.be64(LIMIT.rate);
    if (rate === 0) notIptables();
    const avg = averageOf(rate, f.be64(LIMIT.unit));
    this.entry.match("limit", { avg, burst: f.be32Or0(LIMIT.burst) });
  }
  #beginMatch(): void {
    if (this.#said.has("counters")) notIptables();
    this.#said.add("extension");
  }
  #counter(f: Fields): void {
    if (this.#said.has("counters")) notIptables();
    this.#said.add("counters");
    this.entry.counters(this.#bytes, f.from(COUNTER.packets), f.from(COUNTER.bytes));
  }

  #beginTarget(): void {
    if (this.#constant) notIptables();
    this.#comment();
    this.#said.add("target");
    this.entry.beginTarget();
    this.#jump = undefined;
  }
  #immediate(f: Fields): void {
    const register = f.be32(IMMEDIATE.dreg);
    if (register !== REGISTER.verdict) {
      if (this.#constant) notIptables();
      this.#constant = { register, value: f.value(IMMEDIATE.data) };
      return;
    }
    const verdict = new Attributes(this.#bytes, f.from(IMMEDIATE.data), f.to(IMMEDIATE.data));
    if (!verdict.next() || verdict.type !== DATA.verdict) notIptables();
    const v = this.#inner.read(this.#bytes, verdict.at, verdict.end, VERDICT.chain),
      code = v.be32(VERDICT.code) | 0,
      word = WORDS.get(code);
    this.#beginTarget();
    if (word !== undefined) this.entry.encoded(encodeTarget({ jump: word }, this.#ctx));
    else if (code !== CODE.jump && code !== CODE.goto) notIptables();
    else {
      this.#jump = v.text(VERDICT.chain);
      if (code === CODE.goto) this.entry.goto();
      this.entry.encoded(encodeTarget({}, this.#ctx));
    }
  }
  #target(f: Fields): void {
    this.#beginTarget();
    this.entry.raw(f.text(XT.name), f.be32(XT.revision), this.#bytes, f.from(XT.info), f.to(XT.info));
  }
  /** NFLOG: with a group it is the same, without one it is the kernel's own log. */
  #log(f: Fields): void {
    if (!f.has(LOG.group)) notIptables();
    const prefix = f.has(LOG.prefix) ? f.text(LOG.prefix) : "";
    if (byteLength(prefix) > LONGEST_PREFIX) notIptables();
    const length = f.has(LOG.length);
    this.#beginTarget();
    this.entry.target("NFLOG", {
      prefix,
      group: f.be16Or0(LOG.group),
      threshold: f.be16Or0(LOG.threshold),
      len: length ? f.be32(LOG.length) : 0,
      flags: length ? COPY_LENGTH : 0,
    });
  }
  /** nft keeps comments beside the rule: type, length, text, NUL. iptables-nft reads them as the last match. */
  #comment(): void {
    if (!this.#userdata) return;
    const m = this.#bytes,
      { at, length } = this.#userdata;
    for (let i = at; i + 2 <= at + length; i += 2 + m[i + 1]!) {
      const end = i + 2 + m[i + 1]!;
      if (m[i] !== COMMENT || end > at + length) continue;
      this.entry.match("comment", { comment: textAt(m, i + 2, textEnd(m, i + 2, end)) });
      return;
    }
  }
}

function expressionAt(element: Attributes): { readonly name: string; readonly data: Value } {
  let name = "",
    data: Value | undefined;
  for (const a = element.nest(); a.next(); )
    if (a.type === EXPRESSION.name) name = nameOf(a);
    else if (a.type === EXPRESSION.data) data = { at: a.at, length: a.length };
  return { name, data: data ?? notIptables() };
}
/** By length and first letter, which tell all names apart that are known; a text made of bytes takes longer. */
const NAMES: ReadonlyMap<number, string> = new Map(
  [...KNOWN.keys()].map((name) => [(name.length << 8) | name.charCodeAt(0), name]),
);
function nameOf(a: Attributes): string {
  const name = NAMES.get(((a.length - 1) << 8) | a.u8());
  return name !== undefined && isText(a, name) ? name : a.text();
}
function isText({ bytes, at }: Attributes, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return bytes[at + text.length] === 0;
}
const isBytes = (bytes: Uint8Array, m: Uint8Array, { at, length }: Value): boolean =>
  length === bytes.length && bytes.every((byte, i) => m[at + i] === byte);
