import { struct, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { type Masked, masked } from "../kinds.js";
import { flags, type Has, type Kind } from "../option.js";

const info = struct("xt_devgroup_info", "linux/netfilter/xt_devgroup.h", {
  flags: u32,
  srcGroup: u32,
  srcMask: u32,
  dstGroup: u32,
  dstMask: u32,
});
const given = flags("flags", "flags");

/** A number, under a mask or not, or a name of /etc/iproute2/group. */
function group<V extends string, M extends string>(value: V, mask: M): Kind<Has<V | M>, Masked> {
  const number = masked(value, mask);
  return {
    ...number,
    parse: (words, ctx) => ctx.names.numberOf("deviceGroup", words[0] ?? "") ?? number.parse(words, ctx),
    print: (group, ctx) =>
      (typeof group === "number" ? ctx.names.nameOf("deviceGroup", group) : undefined) ??
      number.print(group, ctx),
  };
}

/**
 * `-m devgroup`: the group of the interface, as `ip link set group` gives it.
 *
 * @example devgroup({ srcGroup: 1 })
 */
export const devgroup = match("devgroup", {
  revision: 0,
  info,
  named: true,
  need: "one",
  options: {
    /** Of the interface that the packet came in by: a number, or `{ value, mask }`; 0 to 4294967295. */
    srcGroup: given(0x1, group("srcGroup", "srcMask"), 0x2),
    /** Of the interface that it goes out by. */
    dstGroup: given(0x4, group("dstGroup", "dstMask"), 0x8),
  },
});
