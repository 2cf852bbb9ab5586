import { addressText } from "../codec/address.js";
import { byteLength } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import { NET_BYTEORDER } from "../netlink/wire.js";
import type { MessageWriter } from "../netlink/writer.js";
import { FIRST, networkText, SECOND, writeAddress, writeAddresses } from "./address-part.js";
import { type Element, held } from "./element.js";
import { portValue, protocolText, writeBarePort, writePort } from "./port-part.js";
import { ADT, CADT, FLAG, LONGEST_NAME } from "./protocol.js";
import type { EntryField, EntryFields, LooseEntry, PartName } from "./set-types.js";

/** What texts mean in one set. */
export interface EntryContext {
  readonly family: Family;
  readonly names: Names;
}
export type Fields = { -readonly [K in EntryField]?: EntryFields[K] };

/** One of the words between the commas of an element. */
export interface Part {
  readonly field: EntryField;
  /** Other fields that belong to it. */
  readonly beside?: readonly EntryField[];
  /** Takes its word apart; what is wrong with the pieces is found when they are written. */
  read(word: string, into: Fields): void;
  write(entry: LooseEntry, writer: MessageWriter, context: EntryContext): void;
  value(element: Element, into: Fields, context: EntryContext): void;
  text(element: Element, context: EntryContext): string;
}

type Simple = { -readonly [K in "ip" | "net" | "ip2" | "net2" | "mac" | "set"]?: string };
function simple(
  field: keyof Simple,
  text: Part["text"],
  write: (word: string, writer: MessageWriter, context: EntryContext) => void,
): Part {
  return {
    field,
    read: (word, into) => {
      into[field] = word;
    },
    write: (entry, writer, context) => write(needed(entry, field), writer, context),
    value: (element, into, context) => {
      into[field] = text(element, context);
    },
    text,
  };
}
function needed<K extends EntryField>(entry: LooseEntry, field: K): EntryFields[K] {
  const value = entry[field];
  if (value === undefined) fail(`the entry lacks its ${field}`);
  if (typeof value !== "string" && typeof value !== "number") fail(`the ${field} of an entry is a text`);
  return value as EntryFields[K];
}

const ip = simple(
    "ip",
    (e) => {
      const first = networkText(e.bytes, held(e.ip, "address"), e.size, e.cidr);
      // Only what is on its way to the kernel has an end.
      return e.ipTo < 0 ? first : `${first}-${addressText(e.bytes, e.ipTo, e.size)}`;
    },
    (word, writer, { family }) => writeAddresses(writer, FIRST, family, word),
  ),
  net = simple("net", ip.text, (word, writer, { family }) => writeAddresses(writer, FIRST, family, word)),
  net2 = simple(
    "net2",
    (e) => networkText(e.bytes, held(e.ip2, "second address"), e.size, e.cidr2),
    (word, writer, { family }) => writeAddresses(writer, SECOND, family, word),
  ),
  ip2 = simple(
    "ip2",
    (e) => addressText(e.bytes, held(e.ip2, "second address"), e.size),
    (word, writer, { family }) => writeAddress(writer, ADT.ip2, family, word),
  );

const port: Part = {
  field: "port",
  beside: ["protocol"],
  read(word, into) {
    const colon = word.indexOf(":");
    if (colon >= 0) into.protocol = word.slice(0, colon);
    into.port = word.slice(colon + 1);
  },
  write: (entry, writer, { family, names }) =>
    writePort(writer, needed(entry, "port"), entry.protocol, family, names),
  value(e, into, { names }) {
    into.protocol = protocolText(held(e.protocol, "protocol"), names);
    into.port = portValue(held(e.port, "port"), e.protocol);
  },
  text: (e, { names }) =>
    `${protocolText(held(e.protocol, "protocol"), names)}:${portValue(held(e.port, "port"), e.protocol)}`,
};
const barePort: Part = {
  field: "port",
  read: (word, into) => {
    into.port = word.replace(/^tcp:/, "");
  },
  write: (entry, writer, { names }) => writeBarePort(writer, needed(entry, "port"), names),
  value: (e, into) => {
    into.port = held(e.port, "port");
  },
  text: (e) => String(held(e.port, "port")),
};

const MAC = /^[\da-f]{1,2}(:[\da-f]{1,2}){5}$/i;
const macText = ({ bytes, ether }: Element): string =>
  ether < 0
    ? ""
    : Array.from(bytes.subarray(ether, ether + 6), (byte) => byte.toString(16).padStart(2, "0"))
        .join(":")
        .toUpperCase();
const mac: Part = {
  ...simple("mac", macText, () => {}),
  write(entry, writer) {
    const { mac: word } = entry;
    // Only bitmap:ip,mac does without; the kernel tells the others.
    if (word === undefined) return;
    if (!MAC.test(word)) fail(`"${word}" is no MAC address`);
    writer.data(
      ADT.ether,
      Uint8Array.from(word.split(":"), (byte) => Number.parseInt(byte, 16)),
    );
  },
  value(e, into) {
    if (e.ether >= 0) into.mac = macText(e);
  },
};
const mark: Part = {
  field: "mark",
  read: (word, into) => {
    into.mark = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : fail(`"${word}" is no mark`);
  },
  write(entry, writer) {
    const value = needed(entry, "mark");
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) fail(`${value} is no mark`);
    writer.be32(CADT.mark | NET_BYTEORDER, value);
  },
  value: (e, into) => {
    into.mark = held(e.mark, "mark");
  },
  text: (e) => `0x${held(e.mark, "mark").toString(16).padStart(8, "0")}`,
};

const PHYSDEV = "physdev:",
  LONGEST_INTERFACE = 15;
const interfacePart: Part = {
  field: "interface",
  beside: ["physdev", "wildcard"],
  read(word, into) {
    if (word.startsWith(PHYSDEV)) into.physdev = true;
    into.interface = into.physdev ? word.slice(PHYSDEV.length) : word;
  },
  write(entry, writer) {
    const name = needed(entry, "interface");
    if (name === "" || byteLength(name) > LONGEST_INTERFACE)
      fail(`the interface name "${name}" has not 1 to ${LONGEST_INTERFACE} bytes`);
    writer.text(ADT.interface, name);
  },
  value(e, into) {
    into.interface = e.interface ?? "";
    if (e.flags & FLAG.physdev) into.physdev = true;
  },
  text: (e) => `${e.flags & FLAG.physdev ? PHYSDEV : ""}${e.interface ?? ""}`,
};

export function checkName(name: string): string {
  if (name === "" || byteLength(name) > LONGEST_NAME || /[\s\0]/.test(name))
    fail(`"${name}" cannot be a set's name: it has 1 to ${LONGEST_NAME} bytes and no blanks`);
  return name;
}
const set: Part = {
  ...simple(
    "set",
    (e) => e.name ?? "",
    (word, writer) => writer.text(ADT.name, checkName(word)),
  ),
  beside: ["before", "after"],
  write(entry, writer) {
    writer.text(ADT.name, checkName(needed(entry, "set")));
    if (entry.before !== undefined && entry.after !== undefined) fail("before and after exclude each other");
    const beside = entry.before ?? entry.after;
    if (beside !== undefined) writer.text(ADT.nameref, checkName(beside));
  },
};

export const PARTS: Readonly<Record<PartName, Part>> = {
  ip,
  net,
  ip2,
  net2,
  port,
  barePort,
  mac,
  mark,
  interface: interfacePart,
  set,
};
