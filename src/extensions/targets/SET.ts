import { struct, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { setOrNone, setReference } from "../ipset.js";
import { uint } from "../kinds.js";
import { fail, flags, unless } from "../option.js";
import { revision } from "../revision.js";

const info = struct(
  "xt_set_info_target_v3",
  "linux/netfilter/xt_set.h",
  { add: setReference, del: setReference, map: setReference, flags: u32, timeout: u32 },
  { add: "add_set", del: "del_set", map: "map_set" },
);
const EXIST = 0x1,
  FOREVER = 0xffff_ffff;
const flag = flags("flags");

const HEADER = "linux/netfilter/xt_set.h",
  SETS = { add: setReference, del: setReference } as const,
  NAMES = { add: "add_set", del: "del_set" } as const;
const info1 = struct("xt_set_info_target_v1", HEADER, SETS, NAMES),
  info2 = struct("xt_set_info_target_v2", HEADER, { ...SETS, flags: u32, timeout: u32 }, NAMES);
const addSet = setOrNone("add"),
  delSet = setOrNone("del"),
  TIMED = {
    /** The set that the packet's addresses are added to, and which of them. */
    addSet,
    /** An entry that is there already begins its time anew. Beside `addSet`. */
    exist: flag(EXIST),
    /** Seconds that the entry stays, 0 to 4294967294: for ever with 0. Default: as the set says. Beside `addSet`. */
    timeout: unless(FOREVER, uint("timeout", FOREVER - 1)),
    /** The set that they are deleted from. */
    delSet,
  };

/**
 * `-j SET`: the packet's addresses are added to a set, deleted from it, or looked up in it.
 *
 * @example updateSet({ addSet: { set: "seen", by: ["src"] }, exist: true, timeout: 600 })
 */
export const updateSet = target("SET", {
  revision: 3,
  info,
  revisions: [
    revision({ revision: 1, info: info1, options: { addSet, delSet } }),
    revision({ revision: 2, info: info2, options: TIMED }),
  ],
  local: true,
  options: {
    ...TIMED,
    /** Takes from the entry what the other options of mapping name; mangle only. The set needs `skbinfo`. */
    mapSet: setOrNone("map"),
    /** The entry's mark becomes the packet's. */
    mapMark: flag(0x100),
    /** The entry's priority becomes the packet's. */
    mapPrio: flag(0x200),
    /** The entry's queue becomes the packet's. */
    mapQueue: flag(0x400),
  },
  check: (o) => {
    if (!o.addSet && !o.delSet && !o.mapSet) fail("SET: --add-set, --del-set or --map-set must be specified");
    if (!o.addSet && (o.exist || o.timeout !== undefined))
      fail("SET: --exist and --timeout can be used with --add-set only");
    if (!o.mapSet && (o.mapMark || o.mapPrio || o.mapQueue))
      fail("SET: --map-mark, --map-prio and --map-queue can be used with --map-set only");
    if (o.mapSet && !o.mapMark && !o.mapPrio && !o.mapQueue)
      fail("SET: --map-set needs --map-mark, --map-prio or --map-queue");
  },
});
