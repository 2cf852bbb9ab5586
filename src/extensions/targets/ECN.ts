import { LITTLE, struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { uint } from "../kinds.js";
import { depending, fail, flags, type Has, type Kind } from "../option.js";

const info = struct(
  "ipt_ECN_info",
  "linux/netfilter_ipv4/ipt_ECN.h",
  { operation: u8, ect: u8, tcp: u8 },
  { ect: "ip_ect", tcp: "proto" },
);
const SET_IP = 0x01,
  SET_ECE = 0x10,
  SET_CWR = 0x20,
  REMOVE = SET_ECE | SET_CWR;
/** Bit fields of C: the first one is the lowest bit where the lowest byte comes first. */
const ECE = LITTLE ? 0x01 : 0x80,
  CWR = LITTLE ? 0x02 : 0x40;

const bit = (mask: number): Kind<Has<"tcp">, number> => ({
  ...uint("", 1),
  bind: ({ tcp }) => ({
    store: (b, o, value) => tcp.set(b, o, value ? tcp.get(b, o) | mask : tcp.get(b, o) & ~mask),
    load: (b, o) => (tcp.get(b, o) & mask ? 1 : 0),
  }),
});
const given = flags("operation");
const notRemoved = { beside: (o: { readonly ecnTcpRemove?: unknown }) => o.ecnTcpRemove === undefined };

/**
 * `-j ECN`, IPv4, in mangle only: works around hosts that know nothing of explicit congestion notification. The kernel
 * takes what is about TCP with `-p tcp` only.
 *
 * @example setEcn({ ecnTcpRemove: true })
 */
export const setEcn = target("ECN", {
  revision: { ipv4: 0 },
  info: { ipv4: info },
  need: "one",
  options: {
    /** Clears both bits of the TCP header. */
    ecnTcpRemove: depending<Has<"operation" | "tcp">, true, false, Has<"operation" | "tcp">>(
      {
        shown:
          ({ operation, tcp }) =>
          (b, o) =>
            operation.get(b, o) === REMOVE && (tcp.get(b, o) & (ECE | CWR)) === 0,
      },
      given(REMOVE),
    ),
    /** The ECE bit of the TCP header, 0 or 1. */
    ecnTcpEce: depending(notRemoved, given(SET_ECE, bit(ECE))),
    /** Its CWR bit, 0 or 1. */
    ecnTcpCwr: depending(notRemoved, given(SET_CWR, bit(CWR))),
    /** The code point in the IPv4 header, 0 to 3. */
    ecnIpEct: given(SET_IP, uint("ect", 3)),
  },
  /** Removing is setting both to 0, and is said where nothing else is. */
  resolve({ ecnTcpRemove, ...o }) {
    const cleared = o.ecnTcpEce === 0 && o.ecnTcpCwr === 0 && o.ecnIpEct === undefined,
      untouched = o.ecnTcpEce === undefined && o.ecnTcpCwr === undefined;
    if (!ecnTcpRemove) return cleared ? { ecnTcpRemove: true as const } : o;
    return untouched && o.ecnIpEct !== undefined
      ? { ecnTcpEce: 0, ecnTcpCwr: 0, ...o }
      : { ecnTcpRemove, ...o };
  },
  check: (o) => {
    if (o.ecnTcpRemove && (o.ecnTcpEce !== undefined || o.ecnTcpCwr !== undefined))
      fail("ECN: --ecn-tcp-remove cannot stand beside --ecn-tcp-ece or --ecn-tcp-cwr");
  },
});
