import { addressText } from "../codec/address.js";
import { fail } from "../errors.js";
import { FAMILIES, type Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import { Attributes } from "../netlink/attributes.js";
import { NET_BYTEORDER } from "../netlink/wire.js";
import type { MessageWriter } from "../netlink/writer.js";
import { FIRST, writeAddress, writeAddresses } from "./address-part.js";
import { type Element, emptyElement, held, readElement } from "./element.js";
import { checkWhole, LONGEST_TIMEOUT, wholeNumber } from "./entry-options.js";
import { writeBarePort } from "./port-part.js";
import { CADT, CREATE, FLAG } from "./protocol.js";
import {
  hasFamily,
  type LooseOptions,
  type OptionField,
  type OptionFields,
  SET_TYPES,
  type SetType,
} from "./set-types.js";

type Written = { -readonly [K in OptionField]?: OptionFields[K] };
type NumberField =
  | "hashsize"
  | "maxelem"
  | "bucketsize"
  | "initval"
  | "netmask"
  | "markmask"
  | "size"
  | "timeout";
type FlagField = "counters" | "comment" | "skbinfo" | "forceadd";

const WHOLE = 0xffff_ffff;
/** Attribute, width in bytes, least, most. */
const NUMBERS: Readonly<
  Record<NumberField, readonly [type: number, width: 1 | 4, least: number, most: number]>
> = {
  hashsize: [CREATE.hashsize, 4, 0, WHOLE],
  maxelem: [CREATE.maxelem, 4, 0, WHOLE],
  bucketsize: [CREATE.bucketsize, 1, 1, 255],
  initval: [CREATE.initval, 4, 0, WHOLE],
  netmask: [CREATE.netmask, 1, 1, 128],
  markmask: [CADT.markmask, 4, 1, WHOLE],
  size: [CREATE.size, 4, 0, WHOLE],
  timeout: [CADT.timeout, 4, 0, LONGEST_TIMEOUT],
};
const HEXADECIMAL: ReadonlySet<OptionField> = new Set(["initval", "markmask"]);
const FLAGS: Readonly<Record<FlagField, number>> = {
  counters: FLAG.counters,
  comment: FLAG.comment,
  skbinfo: FLAG.skbinfo,
  forceadd: FLAG.forceadd,
};
const isNumber = (field: OptionField): field is NumberField => Object.hasOwn(NUMBERS, field);
const isFlag = (field: OptionField): field is FlagField => Object.hasOwn(FLAGS, field);

/** ipset's words for the families. */
const INET: Readonly<Record<Family, string>> = { ipv4: "inet", ipv6: "inet6" };
function familyOf(word: string): Family {
  if (/^(inet|ipv4|-4)$/.test(word)) return "ipv4";
  return /^(inet6|ipv6|-6)$/.test(word) ? "ipv6" : fail(`"${word}" is no family: it is inet or inet6`);
}

/** What older ipsets knew, and nobody has used since. */
const FORGOTTEN: ReadonlySet<string> = new Set(["probes", "resize", "gc"]);

/** From ipset's words behind the type. */
export function readOptions(type: SetType, words: readonly string[]): LooseOptions {
  const into: Written = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!.replace(/^--?(?=[a-z])/, ""),
      field = SET_TYPES[type].options.find((name) => name === word);
    if (field === undefined && FORGOTTEN.has(word)) i++;
    else if (field === undefined) fail(`a set of ${type} has no "${words[i]}"`);
    else if (isFlag(field)) into[field] = true;
    else {
      const value = words[++i] ?? fail(`${word} needs a value`);
      if (field === "family") into.family = familyOf(value);
      else if (isNumber(field)) into[field] = wholeNumber(value, NUMBERS[field][3], NUMBERS[field][2]);
      else into[field] = value;
    }
  }
  return into;
}

/** Writes the attributes of a `data` nest; throws `invalid-value`. */
export function writeOptions(
  type: SetType,
  options: LooseOptions,
  writer: MessageWriter,
  names: Names,
): void {
  const { options: known } = SET_TYPES[type],
    { family = "ipv4" } = options;
  for (const name of Object.keys(options))
    if (!known.includes(name as OptionField)) fail(`a set of ${type} has no option "${name}"`);
  if (!FAMILIES.includes(family)) fail(`there is no family "${family}": it is ipv4 or ipv6`);
  let flags = 0;
  for (const field of known) {
    const value = options[field];
    if (value === undefined || field === "family") continue;
    if (isFlag(field)) flags |= value === true ? FLAGS[field] : 0;
    else if (isNumber(field)) writeNumber(field, Number(value), family, writer);
    else if (field === "bitmask") writeAddress(writer, CADT.bitmask, family, String(value));
    else if (type === "bitmap:port") writeBarePort(writer, String(value), names);
    else writeAddresses(writer, FIRST, "ipv4", String(value));
  }
  if (known.includes("range") && options.range === undefined) fail(`a set of ${type} needs a range`);
  if (flags !== 0) writer.be32(CADT.flags | NET_BYTEORDER, flags);
}
function writeNumber(field: NumberField, value: number, family: Family, writer: MessageWriter): void {
  const [type, width, least, most] = NUMBERS[field];
  checkWhole(value, field === "netmask" && family === "ipv4" ? 32 : most, least);
  if (width === 1) writer.u8(type, value);
  else writer.be32(type | NET_BYTEORDER, value);
}

/** What the kernel tells about a set beside its options. */
export interface SetNumbers {
  readonly elements: number;
  readonly references: number;
  /** In bytes. */
  readonly memsize: number;
}
export interface ReadOptions {
  readonly options: LooseOptions;
  readonly numbers: SetNumbers;
}
/** From what is inside of the `data` nest of a listing, `from` to `to`. */
export function optionsOf(
  type: SetType,
  family: Family,
  bytes: Uint8Array,
  from: number,
  to: number,
): ReadOptions {
  const { options: known } = SET_TYPES[type],
    into: Written = hasFamily(type) ? { family } : {},
    ends: Element = emptyElement();
  const numbers = { elements: 0, references: 0, memsize: 0 };
  readElement(bytes, from, to, ends);
  for (const a = new Attributes(bytes, from, to); a.next(); ) {
    const field = known.find((name) => isNumber(name) && NUMBERS[name][0] === a.type);
    if (field !== undefined && isNumber(field)) into[field] = NUMBERS[field][1] === 1 ? a.u8() : a.be32();
    else if (a.type === CREATE.elements) numbers.elements = a.be32();
    else if (a.type === CREATE.references) numbers.references = a.be32();
    else if (a.type === CREATE.memsize) numbers.memsize = a.be32();
    else if (a.type === CADT.bitmask) {
      const inner = a.nest();
      if (inner.next()) into.bitmask = addressText(a.bytes, inner.at, inner.length === 16 ? 16 : 4);
    }
  }
  for (const field of known) if (isFlag(field) && ends.flags & FLAGS[field]) into[field] = true;
  if (type === "bitmap:port") into.range = `${held(ends.port, "port")}-${held(ends.portTo, "last port")}`;
  else if (known.includes("range"))
    into.range = `${addressText(ends.bytes, held(ends.ip, "address"), 4)}-${addressText(ends.bytes, held(ends.ipTo, "last address"), 4)}`;
  return { options: into, numbers };
}

/** As ipset prints them behind the type. */
export function optionsText(type: SetType, options: LooseOptions): string {
  let text = "";
  for (const field of SET_TYPES[type].options) {
    const value = options[field];
    if (value === undefined || value === false) continue;
    if (value === true) text += ` ${field}`;
    else if (field === "family") text += ` family ${INET[value as Family]}`;
    else if (HEXADECIMAL.has(field)) text += ` ${field} 0x${Number(value).toString(16).padStart(8, "0")}`;
    else text += ` ${field} ${value}`;
  }
  return text;
}
