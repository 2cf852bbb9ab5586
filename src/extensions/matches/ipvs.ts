import { be16, inetAddr, struct, u8 } from "../../codec/struct.js";
import { isNot } from "../../model/rule.js";
import { match } from "../define.js";
import { mapped, network, parseProtocol } from "../kinds.js";
import { oneOf } from "../kinds-choice.js";
import { numberIn } from "../kinds-number.js";
import { depending, eitherWay, fail, flags } from "../option.js";
import { wrappedPort } from "../ports.js";

const info = struct(
  "xt_ipvs_mtinfo",
  "linux/netfilter/xt_ipvs.h",
  {
    vaddr: inetAddr,
    vmask: inetAddr,
    vport: be16,
    protocol: u8,
    method: u8,
    vportctl: be16,
    invert: u8,
    bitmask: u8,
  },
  { protocol: "l4proto", method: "fwd_method" },
);
const PROPERTY = 1,
  PROTOCOL = 2,
  ADDRESS = 4,
  PORT = 8,
  DIRECTION = 16,
  METHOD = 32,
  CONTROL = 64;
const upper = (word: string): string => word.toUpperCase();
const given = flags("bitmask", "invert");

const vproto = mapped<"protocol", number>(
  "protocol",
  (n) => n,
  (n) => n,
  {
    parse: (word, ctx) => {
      if (word.toLowerCase() === "all") return 0;
      return numberIn(word) <= 255 ? numberIn(word) : parseProtocol(word, ctx) & 0xff;
    },
    print: String,
  },
);
const port = <F extends "vport" | "vportctl">(field: F) =>
  mapped<F, number>(
    field,
    (n) => n,
    (n) => n,
    { parse: wrappedPort, print: String },
  );

/**
 * `-m ipvs`: packets of a virtual server's connections (IPVS), by what is said of the connection.
 *
 * @example ipvs({ vaddr: "192.0.2.80", vport: 80, vdir: "ORIGINAL" })
 */
export const ipvs = match("ipvs", {
  revision: 0,
  info,
  need: "one",
  options: {
    /** It belongs to such a connection at all; every other option says so too, and then it is left out. */
    ipvs: depending(
      {
        shown:
          ({ bitmask }: { bitmask: { get(b: Uint8Array, o: number): number } }) =>
          (b, o) =>
            bitmask.get(b, o) === PROPERTY,
      },
      given(PROPERTY, eitherWay),
    ),
    /** The protocol, by number; text may have its name. */
    vproto: given(PROTOCOL | PROPERTY, vproto, PROTOCOL),
    /** The virtual server's address or network. */
    vaddr: given(ADDRESS | PROPERTY, network("vaddr", "vmask"), ADDRESS),
    /** The virtual server's port, 0 to 65535; text may have the service's name. */
    vport: given(PORT | PROPERTY, port("vport"), PORT),
    /** To the server, or back. */
    vdir: given.sign(DIRECTION | PROPERTY, "ORIGINAL", "REPLY", DIRECTION),
    /** How packets are forwarded: direct routing, tunnel, or NAT. */
    vmethod: given(METHOD | PROPERTY, oneOf("method", { GATE: 3, IPIP: 2, MASQ: 0 }, upper), METHOD),
    /** The port of the controlling connection, as 21 of FTP. */
    vportctl: given(CONTROL | PROPERTY, port("vportctl"), CONTROL),
  },
  merge: (o) => {
    const { ipvs, ...rest } = o;
    return ipvs === true && Object.values(rest).some((value) => value !== undefined) ? rest : o;
  },
  check: (o) => {
    const alone = Object.keys(o).length === 1;
    if (isNot(o.ipvs) && !alone) fail("ipvs: ! --ipvs stands alone");
  },
});
