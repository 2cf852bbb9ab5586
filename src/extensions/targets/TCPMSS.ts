import { struct, u16 } from "../../codec/struct.js";
import { lastOf, target } from "../define.js";
import { integer, uint } from "../kinds.js";
import { type Has, type Kind, selected, unless } from "../option.js";

const info = struct("xt_tcpmss_info", "linux/netfilter/xt_TCPMSS.h", { mss: u16 });
const CLAMP = 0xffff,
  mss = selected("mss");

/** As much as a packet of 65535 bytes has beside its smallest headers. */
const LARGEST = { ipv4: 65_515, ipv6: 65_495 } as const;
const size: Kind<Has<"mss">, number> = {
  ...uint("mss", CLAMP),
  parse: ([word = ""], { family }) => integer(word, LARGEST[family]),
};

/**
 * `-j TCPMSS`, in mangle: another maximum segment size in a SYN; behind `-p tcp` with SYN. At least one option.
 *
 * @example setTcpmss({ clampMssToPmtu: true })
 */
export const setTcpmss = target("TCPMSS", {
  revision: 0,
  info,
  need: "one",
  options: {
    /** The size in bytes, 0 to 65515, IPv6 to 65495; a larger one in the packet is lowered to it. */
    setMss: unless(CLAMP, size),
    /** As much as fits the path, 40 bytes less than its MTU, IPv6 60. */
    clampMssToPmtu: mss(CLAMP),
  },
  merge: lastOf("setMss", "clampMssToPmtu"),
});
