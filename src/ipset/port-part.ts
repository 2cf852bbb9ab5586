import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { ICMP_NAMES } from "../model/icmp-names.js";
import type { Names } from "../model/names.js";
import { NET_BYTEORDER } from "../netlink/wire.js";
import type { MessageWriter } from "../netlink/writer.js";
import { CADT } from "./protocol.js";

const ICMP = 1,
  TCP = 6,
  ICMPV6 = 58;
/** Those that have ports. */
const PORTED: ReadonlySet<number> = new Set([TCP, 17, 132, 136]);
const MOST = 0xffff;

/** What iptables names and ipset 7.17 does not: it writes them as type/code. */
const UNNAMED: ReadonlySet<string> = new Set(["any", "beyond-scope", "failed-policy", "reject-route"]);
/** ipset names a type with its code: where a type has no names for its codes, its own means code 0. */
const icmpNames = (family: Family): readonly (readonly [name: string, port: number])[] =>
  ICMP_NAMES[family].flatMap(([name, type, code]) => {
    const general =
      code === undefined && ICMP_NAMES[family].some((other) => other[1] === type && other[2] !== undefined);
    return general || UNNAMED.has(name) ? [] : [[name, (type << 8) | (code ?? 0)] as const];
  });
const ICMP_PORTS = { [ICMP]: icmpNames("ipv4"), [ICMPV6]: icmpNames("ipv6") } as const;
type Icmp = keyof typeof ICMP_PORTS;
const isIcmp = (protocol: number): protocol is Icmp => protocol === ICMP || protocol === ICMPV6;

function protocolNumber(protocol: string | number, names: Names): number {
  const number =
    typeof protocol === "number" || /^\d+$/.test(protocol)
      ? Number(protocol)
      : protocol.toLowerCase() === "icmpv6"
        ? ICMPV6
        : names.protocol(protocol.toLowerCase());
  if (number === undefined || !Number.isInteger(number) || number < 1 || number > 255)
    fail(`"${protocol}" is no protocol`);
  return number;
}
export const protocolText = (number: number, names: Names): string =>
  names.protocolName(number) ?? String(number);

function onePort(word: string | number, protocol: string, names: Names): number {
  const port = typeof word === "number" || /^\d+$/.test(word) ? Number(word) : names.port(word, protocol);
  if (port === undefined || !Number.isInteger(port) || port < 0 || port > MOST)
    fail(`"${word}" is no ${protocol} port`);
  return port;
}
/** The two ends; of a single port they are the same. */
function portRange(word: string | number, protocol: string, names: Names): readonly [number, number] {
  const dash = typeof word === "string" ? word.indexOf("-") : -1;
  // A service may have a dash in its name.
  if (typeof word === "number" || dash < 0 || names.port(word, protocol) !== undefined) {
    const port = onePort(word, protocol, names);
    return [port, port];
  }
  return [onePort(word.slice(0, dash), protocol, names), onePort(word.slice(dash + 1), protocol, names)];
}

function icmpPort(word: string | number, protocol: Icmp): number {
  const [, type, code] = /^(\d+)\/(\d+)$/.exec(String(word)) ?? [];
  if (type !== undefined && Number(type) < 256 && Number(code) < 256)
    return (Number(type) << 8) | Number(code);
  const named = ICMP_PORTS[protocol].find(([name]) => name === word);
  return named?.[1] ?? fail(`"${word}" is no ICMP type: it is a name, or type/code`);
}
function icmpText(port: number, protocol: Icmp): string {
  return ICMP_PORTS[protocol].find(([, number]) => number === port)?.[0] ?? `${port >> 8}/${port & 255}`;
}

/** Ports without a protocol, as those of bitmap:port. */
export function writeBarePort(writer: MessageWriter, word: string | number, names: Names): void {
  const [from, to] = portRange(word, "tcp", names);
  writer.be16(CADT.port | NET_BYTEORDER, from);
  if (to !== from) writer.be16(CADT.portTo | NET_BYTEORDER, to);
}
export function writePort(
  writer: MessageWriter,
  word: string | number,
  protocol: string | number | undefined,
  family: Family,
  names: Names,
): void {
  const number = protocol === undefined ? TCP : protocolNumber(protocol, names);
  if (isIcmp(number)) {
    if ((number === ICMP) !== (family === "ipv4")) fail(`${protocol} is no protocol of ${family}`);
    writer.be16(CADT.port | NET_BYTEORDER, icmpPort(word, number));
  } else if (PORTED.has(number)) {
    const [from, to] = portRange(word, protocolText(number, names), names);
    writer.be16(CADT.port | NET_BYTEORDER, from);
    if (to !== from) writer.be16(CADT.portTo | NET_BYTEORDER, to);
  } else {
    if (Number(word) !== 0) fail(`protocol ${protocol} has no ports: its port is 0`);
    writer.be16(CADT.port | NET_BYTEORDER, 0);
  }
  writer.u8(CADT.protocol, number);
}

/** What stands behind the colon: a number where it is a port. */
export const portValue = (port: number, protocol: number): number | string =>
  isIcmp(protocol) ? icmpText(port, protocol) : port;
