import type { Family } from "../model/family.js";
import { type Bound, type Bounds, subtract } from "./bounds.js";

/** What rules ask about packets, each an axis of its own. Indexes into `Packets.fields`. */
export const SOURCE = 0,
  DESTINATION = 1,
  SPORT = 2,
  DPORT = 3,
  PROTOCOL = 4,
  /** The six TCP flags as a number, FIN 1 to URG 32. */
  FLAGS = 5,
  /** ICMP type times 256 and code. */
  ICMP = 6,
  /** An index into `STATES`. */
  STATE = 7,
  /** Names of interfaces; "" where a hook has none. */
  IN = 8,
  OUT = 9,
  HOP_LIMIT = 10;
export const FIELD_COUNT = 11;
export type Field = number;

export const FIELD_NAMES: readonly string[] = [
  "source address",
  "destination address",
  "source port",
  "destination port",
  "protocol",
  "TCP flags",
  "ICMP type",
  "conntrack state",
  "incoming interface",
  "outgoing interface",
  "hop limit",
];

/** The conntrack states, as `-m conntrack --ctstate` calls them. */
export const STATES = ["INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED"] as const;
export type State = (typeof STATES)[number];
export const states = (...names: readonly State[]): Bounds => {
  const out: Bound[] = [];
  STATES.forEach((state, i) => {
    if (!names.includes(state)) return;
    if (out.at(-1) === i) out[out.length - 1] = i + 1;
    else out.push(i, i + 1);
  });
  return out;
};

/** Behind every name that an interface can have. */
const LAST_NAME = "\uffff";
const ADDRESSES: Readonly<Record<Family, Bounds>> = { ipv4: [0, 2 ** 32], ipv6: [0n, 1n << 128n] };
const PORTS: Bounds = [0, 0x10000];
const NAMES: Bounds = ["", LAST_NAME];
const UNIVERSE: Readonly<Record<Family, readonly Bounds[]>> = {
  ipv4: universe("ipv4"),
  ipv6: universe("ipv6"),
};
function universe(family: Family): readonly Bounds[] {
  const address = ADDRESSES[family];
  return [
    address,
    address,
    PORTS,
    PORTS,
    [0, 256],
    [0, 64],
    PORTS,
    [0, STATES.length],
    NAMES,
    NAMES,
    [0, 256],
  ];
}
/** Every value that the field can have. */
export const every = (field: Field, family: Family): Bounds => UNIVERSE[family][field]!;
export const complement = (set: Bounds, field: Field, family: Family): Bounds =>
  subtract(every(field, family), set);

/** A number or both ends of a range, as extensions have them, as a set. */
export const numbers = (value: number | readonly [number, number]): Bounds =>
  typeof value === "number" ? [value, value + 1] : [value[0], value[1] + 1];
/** An interface, or with a trailing `+` all whose names begin so. */
export function interfaces(pattern: string): Bounds {
  if (!pattern.endsWith("+")) return [pattern, `${pattern}\0`];
  const beginning = pattern.slice(0, -1);
  return [beginning, beginning === "" ? LAST_NAME : `${beginning}${LAST_NAME}`];
}
export const NO_INTERFACE: Bounds = interfaces("");
