import { array, byteLength, cstring, kernelPointer, struct, u8, u32 } from "../../codec/struct.js";
import { isNot } from "../../model/rule.js";
import { match } from "../define.js";
import { quoteIfNeeded, text, uint } from "../kinds.js";
import { overlay } from "../kinds-overlay.js";
import { fail, flags, type Has, type Kind, required } from "../option.js";
import { revision } from "../revision.js";

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
const RULES = { max: PATH_SIZE - 1, cut: true, print: quoteIfNeeded } as const;
const FULL = 0xffff_ffff;

const info0 = struct("xt_cgroup_info_v0", "linux/netfilter/xt_cgroup.h", { id: u32, invert: u32 });
/** Before they shared their bytes, and the path had PATH_MAX of them. */
const info1 = struct("xt_cgroup_info_v1", "linux/netfilter/xt_cgroup.h", {
  hasPath: u8,
  hasClassid: u8,
  invertPath: u8,
  invertClassid: u8,
  path: cstring(4096, PATH_SIZE - 1),
  classid: u32,
  priv: kernelPointer,
});
const pathText = text("path", RULES);
/** A path that revision 2 could not hold is no option; its bytes stay. */
const shortPath: Kind<Has<"path", string>, string> = {
  ...pathText,
  bind(slots) {
    const { store, load } = pathText.bind(slots);
    return {
      store,
      load(b, o, ctx) {
        const path = load(b, o, ctx);
        return byteLength(path) < PATH_SIZE
          ? path
          : fail(`cgroup: a path of more than ${PATH_SIZE - 1} bytes`);
      },
    };
  },
};
const byPath = flags("hasPath", "invertPath"),
  byClass = flags("hasClassid", "invertClassid");

/**
 * `-m cgroup`: the control group of the process that sent the packet, or whose socket gets it. In INPUT, OUTPUT and
 * POSTROUTING only, and by one of the two: the kernel refuses both, and a path that it does not have.
 *
 * @example cgroup({ path: "system.slice/nginx.service" })
 */
export const cgroup = match("cgroup", {
  revision: 2,
  info,
  revisions: [
    revision({ revision: 0, info: info0, options: { cgroup: required(uint("id", FULL), "invert", 1) } }),
    revision({
      revision: 1,
      info: info1,
      options: { path: byPath(1, shortPath), cgroup: byClass(1, uint("classid", FULL)) },
    }),
  ],
  objects: ({ path }) => {
    const name = isNot(path) ? path.not : path;
    return name === undefined ? [] : [{ kind: "cgroup", name }];
  },
  options: {
    /** The group's path below the mount point of cgroup2, 511 bytes at most; groups within it count as well. */
    path: byPath(1, overlay("path", cstring(PATH_SIZE, PATH_SIZE - 1), text("value", RULES))),
    /** The class of net_cls, 0 to 4294967295. */
    cgroup: byClass(1, overlay("path", u32, uint("value", FULL))),
  },
});
