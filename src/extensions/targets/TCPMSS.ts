import { struct, u16 } from "../../codec/struct.js";
import { target } from "../define.js";
import { uint } from "../kinds.js";
import { selected, unless } from "../option.js";

const info = struct("xt_tcpmss_info", "linux/netfilter/xt_TCPMSS.h", { mss: u16 });
const CLAMP = 0xffff,
  mss = selected("mss");

/** `-j TCPMSS` */
export const setTcpmss = target("TCPMSS", {
  revision: 0,
  info,
  need: "one",
  options: { setMss: unless(CLAMP, uint("mss", CLAMP - 1)), clampMssToPmtu: mss(CLAMP) },
});
