import { array, struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { INTERFACE_SIZE, interfaceAt, putInterface } from "../interface.js";
import { eitherWay, fail, flags, type Has, type Kind } from "../option.js";

const name = array(INTERFACE_SIZE, u8);
const info = struct(
  "xt_physdev_info",
  "linux/netfilter/xt_physdev.h",
  { inName: name, inMask: name, outName: name, outMask: name, invert: u8, bitmask: u8 },
  { inName: "physindev", inMask: "in_mask", outName: "physoutdev", outMask: "out_mask" },
);
const IN = 1,
  OUT = 2,
  BRIDGED = 4,
  IS_IN = 8,
  IS_OUT = 16;
const given = flags("bitmask", "invert");

const port = <N extends string, M extends string>(at: N, mask: M): Kind<Has<N | M, unknown>, string> => ({
  parse([word = ""]) {
    putInterface(new Uint8Array(2 * INTERFACE_SIZE), 0, INTERFACE_SIZE, word);
    return word;
  },
  print: (value) => value,
  bind: ({ [at]: n, [mask]: m }) => ({
    store: (b, o, value) => putInterface(b, o + n.at, o + m.at, value),
    load: (b, o) => interfaceAt(b, o + n.at, o + m.at) ?? fail("physdev: an interface without a name"),
  }),
});

/**
 * `-m physdev`: the port of a bridge that the packet came in by, or goes out by.
 *
 * @example physdev({ physdevIn: "eth0", physdevIsBridged: true })
 */
export const physdev = match("physdev", {
  revision: 0,
  info,
  need: "one",
  options: {
    /** It came in by a bridge. */
    physdevIsIn: given(IS_IN, eitherWay),
    /** The port it came in by; a trailing `+` stands for any ending. */
    physdevIn: given(IN, port("inName", "inMask")),
    /** It goes out by a bridge. */
    physdevIsOut: given(IS_OUT, eitherWay),
    /** The port it goes out by. */
    physdevOut: given(OUT, port("outName", "outMask")),
    /** It is bridged, not routed. */
    physdevIsBridged: given(BRIDGED, eitherWay),
  },
});
