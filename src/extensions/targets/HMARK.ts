import { inetAddr, inner, struct, u16, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { hmarkPorts, overlaid, PORT, port, SPI, spi } from "../hmark-ports.js";
import { hexUint, prefix, uint, wordsToBits } from "../kinds.js";
import { fail, flags, type Kind } from "../option.js";

const FULL = 0xffff_ffff;
const info = struct(
  "xt_hmark_info",
  "linux/netfilter/xt_HMARK.h",
  {
    srcMask: inetAddr,
    dstMask: inetAddr,
    portMask: inner(hmarkPorts),
    portSet: inner(hmarkPorts),
    flags: u32,
    protoMask: u16,
    rnd: u32,
    mod: u32,
    offset: u32,
  },
  { rnd: "hashrnd", mod: "hmodulus", offset: "hoffset" },
);
const words = wordsToBits(
  { src: 1, dst: 2, sport: 4, dport: 8, spi: 16, proto: 32, ct: 64 },
  { fold: (word) => word.toLowerCase(), prefix: true },
);
type Tuple = ReturnType<typeof words.parse>;
const CT: Tuple = Object.freeze(["ct"]);
/** All of its words but `ct` stand for other options, so only that one has a bit. */
const tuple: Kind<unknown, Tuple> = {
  parse: ([word = ""]) => words.parse(word),
  print: (value) => value.join(","),
  bind: () => ({ store() {}, load: () => CT }),
};
/** In both families more than an address has, so all of it. */
const WHOLE = 128;
const STANDS_FOR = {
  src: ["hmarkSrcPrefix", WHOLE],
  dst: ["hmarkDstPrefix", WHOLE],
  sport: ["hmarkSportMask", PORT],
  dport: ["hmarkDportMask", PORT],
  spi: ["hmarkSpiMask", SPI],
  proto: ["hmarkProtoMask", PORT],
} as const;
const membersOf = (value: Tuple = []) => value.flatMap((word) => (word === "ct" ? [] : [STANDS_FOR[word]]));
/** Options about the mark, not about what is hashed. */
const AROUND = ["hmarkRnd", "hmarkMod", "hmarkOffset"];

const given = flags("flags");

/**
 * `-j HMARK`: marks the packet with a hash of some of its fields, so that a flow keeps its mark. The mark is
 * `offset + hash % mod`.
 *
 * @example hmark({ hmarkTuple: ["src", "dst"], hmarkMod: 10, hmarkRnd: 0xcafe })
 */
export const hmark = target("HMARK", {
  revision: 0,
  info,
  options: {
    /** Leading bits of the source address that count, 0 to 32 or 128. */
    hmarkSrcPrefix: given(0x1, prefix("srcMask")),
    /** Of the destination address, likewise. */
    hmarkDstPrefix: given(0x2, prefix("dstMask")),
    /** Bits of the source port that count, 0 to 0xffff. */
    hmarkSportMask: given(0x40, port("portMask", "src")),
    /** Of the destination port, likewise. */
    hmarkDportMask: given(0x80, port("portMask", "dst")),
    /** Bits of the SPI of AH and ESP that count, 0 to 0xffffffff; not beside masks of ports. */
    hmarkSpiMask: given(0x8, spi("portMask")),
    /** ORed into the source port before it is hashed, 0 to 0xffff. */
    hmarkSport: given(0x10, port("portSet", "src")),
    /** Into the destination port, likewise. */
    hmarkDport: given(0x20, port("portSet", "dst")),
    /** Into the SPI, 0 to 0xffffffff; the kernel takes it beside no port. */
    hmarkSpi: given(0x4, spi("portSet")),
    /** Bits of the protocol's number that count, 0 to 0xffff. */
    hmarkProtoMask: given(0x100, hexUint("protoMask", PORT, 2)),
    /** What the hash begins with, 0 to 0xffffffff. Needed. */
    hmarkRnd: given(0x200, hexUint("rnd", FULL, 8)),
    /** How many marks there are, 1 to 0xffffffff. Needed. */
    hmarkMod: given(0x400, uint("mod", FULL, 1)),
    /** The lowest mark, 0 to 0xffffffff; 0 unless given. */
    hmarkOffset: given(0x800, uint("offset", FULL)),
    /**
     * Fields that count as a whole, whatever the options above say of them: `src`, `dst`, `sport`, `dport`, `spi`,
     * `proto`. `ct` takes them from the connection. Once canonical the others are the options they stand for.
     */
    hmarkTuple: given(0x1000, tuple),
  },
  need: ["hmarkMod", "hmarkRnd"],
  resolve({ hmarkTuple, ...others }) {
    const whole = overlaid({ ...others, ...Object.fromEntries(membersOf(hmarkTuple)) });
    return hmarkTuple?.includes("ct") ? { ...whole, hmarkTuple: CT } : whole;
  },
  check(o) {
    const keys = Object.keys(o),
      members = membersOf(o.hmarkTuple).map(([key]) => key as string),
      said = new Set([...keys.filter((key) => !AROUND.includes(key)), ...members]);
    if (said.has("hmarkSpiMask") && (said.has("hmarkSportMask") || said.has("hmarkDportMask")))
      fail("HMARK: --hmark-spi-mask cannot stand beside --hmark-sport-mask or --hmark-dport-mask");
    if (said.size === 0) fail("HMARK: nothing to hash: --hmark-tuple is needed at least");
    if (members.some((key) => keys.indexOf(key) > keys.indexOf("hmarkTuple")))
      fail("HMARK: an option after --hmark-tuple says again what that said already");
  },
});
