import type { AddressBytes } from "../codec/struct.js";
import { fail } from "../errors.js";
import { addressAt, storeAddress } from "./address.js";
import { parseAddress } from "./address-words.js";
import type { Context, RuleFacts } from "./extension.js";
import { integer } from "./kinds-number.js";
import { between, portNumber, type Range } from "./kinds-range.js";
import { flags } from "./option-flags.js";
import type { Has, Kind } from "./option-form.js";

/** NF_NAT_RANGE_*, linux/netfilter/nf_nat.h */
const MAP_IPS = 0x1,
  PROTO_SPECIFIED = 0x2,
  PROTO_OFFSET = 0x20;
export const RANDOM = 0x4,
  PERSISTENT = 0x8,
  RANDOM_FULLY = 0x10;

const MAX_PORT = 0xffff;
/** `[ADDRESS[-ADDRESS]][:PORT[-PORT[/BASE]]]`, IPv6 addresses in brackets where ports follow. */
interface Parts {
  min?: string;
  max?: string;
  low?: number;
  high?: number;
  base?: number;
}

/** The addresses and the ports of a range, as text. */
function halves(text: string, { family }: Context): [addresses: string, ports: string | undefined] {
  if (family === "ipv6" && text.startsWith("[")) {
    const end = text.indexOf("]"),
      after = text[end + 1];
    if (end < 0 || (after !== undefined && after !== ":")) fail(`bad address "${text}"`);
    return [text.slice(1, end), after && text.slice(end + 2)];
  }
  const colon = text.indexOf(":"),
    ported = family === "ipv4" ? colon >= 0 : colon === 0 && text[1] !== ":";
  return ported ? [text.slice(0, colon), text.slice(colon + 1)] : [text, undefined];
}
function split(text: string, ctx: Context): Parts {
  const out: Parts = {},
    [addresses, ports] = halves(text, ctx);
  if (addresses !== "") {
    const dash = addresses.indexOf("-");
    out.min = dash < 0 ? addresses : addresses.slice(0, dash);
    out.max = dash < 0 ? addresses : addresses.slice(dash + 1);
  }
  if (ports === undefined) return out;
  const slash = ports.indexOf("/"),
    span = slash < 0 ? ports : ports.slice(0, slash),
    dash = span.indexOf("-");
  // A service's name stands for one port, never for the end of a range.
  out.low = dash < 0 ? portNumber(ctx)(span) : integer(span.slice(0, dash), MAX_PORT);
  out.high = dash < 0 ? out.low : integer(span.slice(dash + 1), MAX_PORT);
  if (out.high < out.low) fail(`port range "${span}" is backwards`);
  if (slash >= 0) {
    if (dash < 0) fail(`garbage after port: "${ports.slice(slash)}"`);
    out.base = integer(ports.slice(slash + 1), MAX_PORT, 1);
  }
  return out;
}
function join({ min, max, low, high, base }: Parts, { family }: Context): string {
  const addresses = min === undefined ? "" : min === max ? min : `${min}-${max}`;
  if (low === undefined) return addresses;
  const ports = `${low}${high === low ? "" : `-${high}`}${base === undefined ? "" : `/${base}`}`;
  return `${addresses && family === "ipv6" ? `[${addresses}]` : addresses}:${ports}`;
}

type Fields = Has<"flags" | "minPort" | "maxPort"> & Has<"minAddr" | "maxAddr", AddressBytes>;
/** Where a NAT leads. `shift`: the struct has a base port, so ports may be shifted. */
export function natRange(shift: true): Kind<Fields & Has<"basePort">, string>;
export function natRange(shift: false): Kind<Fields, string>;
export function natRange(shift: boolean): Kind<Fields & Partial<Has<"basePort">>, string> {
  return {
    parse([word = ""], ctx) {
      const parts = split(word, ctx);
      if (parts.base !== undefined && !shift) fail(`garbage after port in "${word}"`);
      if (parts.min === undefined && parts.low === undefined) fail(`bad address "${word}"`);
      if (parts.min !== undefined) {
        parts.min = parseAddress(parts.min, ctx.family, "strict");
        parts.max = parseAddress(parts.max!, ctx.family, "strict");
      }
      return join(parts, ctx);
    },
    print: (value) => value,
    bind: ({ flags, minAddr, maxAddr, minPort, maxPort, basePort }) => ({
      store(b, o, value, ctx) {
        const { min, max, low, high, base } = split(value, ctx);
        let set = flags.get(b, o);
        if (min !== undefined) {
          set |= MAP_IPS;
          storeAddress(b, o + minAddr.at, ctx.family, min);
          storeAddress(b, o + maxAddr.at, ctx.family, max!);
        }
        if (low !== undefined) {
          set |= PROTO_SPECIFIED;
          minPort.set(b, o, low);
          maxPort.set(b, o, high!);
        }
        if (base !== undefined) {
          set |= PROTO_OFFSET;
          (basePort ?? fail("this revision shifts no ports")).set(b, o, base);
        }
        flags.set(b, o, set);
      },
      load(b, o, ctx) {
        const set = flags.get(b, o),
          parts: Parts = {};
        if (set & MAP_IPS) {
          parts.min = addressAt(b, o + minAddr.at, ctx.family);
          parts.max = addressAt(b, o + maxAddr.at, ctx.family);
        }
        if (set & PROTO_SPECIFIED) {
          parts.low = minPort.get(b, o);
          parts.high = maxPort.get(b, o);
        }
        const base = set & PROTO_OFFSET ? basePort?.get(b, o) : undefined;
        if (base !== undefined) parts.base = base;
        return join(parts, ctx);
      },
    }),
  };
}

/** Ports alone, `from` or `from-to`, as MASQUERADE and REDIRECT take them; a service's name stands for one port. */
export const natPorts: Kind<Has<"minPort" | "maxPort">, Range> = {
  parse([word = ""], ctx) {
    const dash = word.indexOf("-");
    if (dash < 0) return portNumber(ctx)(word);
    const low = integer(word.slice(0, dash), MAX_PORT),
      high = integer(word.slice(dash + 1), MAX_PORT);
    return low <= high ? between(low, high) : fail(`port range "${word}" is backwards`);
  },
  print: (ports) => (typeof ports === "number" ? `${ports}` : `${ports[0]}-${ports[1]}`),
  bind: ({ minPort, maxPort }) => ({
    store(b, o, ports) {
      minPort.set(b, o, typeof ports === "number" ? ports : ports[0]);
      maxPort.set(b, o, typeof ports === "number" ? ports : ports[1]);
    },
    load: (b, o) => between(minPort.get(b, o), maxPort.get(b, o)),
  }),
};
/** Presence is a flag: ports of 0 are ports. */
export const toPorts = flags("flags")(PROTO_SPECIFIED, natPorts);
/** What iptables demands for ports alone; `! -p tcp` passes, as there. */
export function localPortsNeedProtocol(ports: unknown, { protocol }: RuleFacts): void {
  if (ports !== undefined && !LOCAL_PORTED.includes(protocol ?? 0))
    fail("--to-ports needs -p tcp, udp, sctp or dccp");
}
const LOCAL_PORTED = [1, 6, 17, 33, 132];

/** Protocols that have ports, or what NAT takes for them: ICMP, TCP, UDP, DCCP, ICMPv6, SCTP. */
const PORTED = [1, 6, 17, 33, 58, 132];
export function portsNeedProtocol({ protocol }: RuleFacts): void {
  if (!PORTED.includes(protocol ?? 0)) fail("ports need -p tcp, udp, sctp, dccp or icmp");
}
/** The rule check of a NAT target whose range may have ports. */
export function rangeNeedsProtocol(range: string | undefined, rule: RuleFacts, ctx: Context): void {
  if (range !== undefined && split(range, ctx).low !== undefined) portsNeedProtocol(rule);
}
