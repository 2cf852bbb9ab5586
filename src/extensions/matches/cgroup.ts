import { array, cstring, kernelPointer, struct, u8, u32 } from "../../codec/struct.js";
import { isNot } from "../../model/rule.js";
import { match } from "../define.js";
import { quoteIfNeeded, text, uint } from "../kinds.js";
import { overlay } from "../kinds-overlay.js";
import { flags } from "../option.js";

const PATH_SIZE = 512;
/** The path and the class share their bytes. */
const info = struct("xt_cgroup_info_v2", "linux/netfilter/xt_cgroup.h", {
  hasPath: u8,
  hasClassid: u8,
  invertPath: u8,
  invertClassid: u8,
  path: array(PATH_SIZE, u8),
  priv: kernelPointer,
});
const pathText = text("value", { max: PATH_SIZE - 1, cut: true, print: quoteIfNeeded });

/**
 * `-m cgroup`: the control group of the process that sent the packet, or whose socket gets it. In INPUT, OUTPUT and
 * POSTROUTING only, and by one of the two: the kernel refuses both, and a path that it does not have.
 *
 * @example cgroup({ path: "system.slice/nginx.service" })
 */
export const cgroup = match("cgroup", {
  revision: 2,
  info,
  objects: ({ path }) => {
    const name = isNot(path) ? path.not : path;
    return name === undefined ? [] : [{ kind: "cgroup", name }];
  },
  options: {
    /** The group's path below the mount point of cgroup2, 511 bytes at most; groups within it count as well. */
    path: flags("hasPath", "invertPath")(1, overlay("path", cstring(PATH_SIZE, PATH_SIZE - 1), pathText)),
    /** The class of net_cls, 0 to 4294967295. */
    cgroup: flags("hasClassid", "invertClassid")(1, overlay("path", u32, uint("value", 0xffff_ffff))),
  },
});
