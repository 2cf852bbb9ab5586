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
  TIMED = { addSet, exist: flag(EXIST), timeout: unless(FOREVER, uint("timeout", FOREVER - 1)), delSet };

/** `-j SET`: the packet's addresses are added to a set, deleted from it, or looked up in it. */
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
    mapSet: setOrNone("map"),
    mapMark: flag(0x100),
    mapPrio: flag(0x200),
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
