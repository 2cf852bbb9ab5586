import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import type { Context } from "../extension.js";
import { between, integer, type Range } from "../kinds.js";
import { eitherWay, fail, flags, type Has, type Kind } from "../option.js";

const info = struct(
  "xt_owner_match_info",
  "linux/netfilter/xt_owner.h",
  { uidMin: u32, uidMax: u32, gidMin: u32, gidMax: u32, match: u8, invert: u8 },
  { uidMin: "uid_min", uidMax: "uid_max", gidMin: "gid_min", gidMax: "gid_max" },
);
/** The largest value is the kernel's "nobody at all". */
const LARGEST = 0xffff_fffe;
const UID = 1,
  GID = 2,
  SOCKET = 4,
  SUPPLEMENTARY = 8;
const given = flags("match", "invert");

/** A number, both ends of a range `a-b`, in text also `a:b`, or a name of /etc/passwd or /etc/group. */
function ids<A extends string, B extends string>(
  low: A,
  high: B,
  idOf: (name: string, ctx: Context) => number | undefined,
): Kind<Has<A | B>, Range> {
  return {
    parse([word = ""], ctx) {
      const named = idOf(word, ctx);
      if (named !== undefined) return named;
      const dash = word.search(/[-:]/),
        from = integer(dash < 0 ? word : word.slice(0, dash), LARGEST);
      return dash < 0 ? from : between(from, integer(word.slice(dash + 1), LARGEST));
    },
    print: (value) => (typeof value === "number" ? `${value}` : `${value[0]}-${value[1]}`),
    bind: ({ [low]: a, [high]: z }) => ({
      store(b, o, value) {
        a.set(b, o, typeof value === "number" ? value : value[0]);
        z.set(b, o, typeof value === "number" ? value : value[1]);
      },
      load: (b, o) => between(a.get(b, o), z.get(b, o)),
    }),
  };
}

/**
 * `-m owner`: the process that sent the packet. In OUTPUT and POSTROUTING only; forwarded packets have no owner.
 *
 * @example owner({ uidOwner: 1000 })
 */
export const owner = match("owner", {
  revision: 1,
  info,
  need: "one",
  options: {
    /** Whether the packet belongs to a socket at all. */
    socketExists: given(SOCKET, eitherWay),
    /** The user, by number or `[from, to]`; names are looked up when a rule is read from text. */
    uidOwner: given(
      UID,
      ids("uidMin", "uidMax", (name, { names }) => names.user(name)),
    ),
    /** The group, likewise. */
    gidOwner: given(
      GID,
      ids("gidMin", "gidMax", (name, { names }) => names.group(name)),
    ),
    /** The other groups of the process count as well; beside `gidOwner` only. */
    supplGroups: given(SUPPLEMENTARY),
  },
  check: (o) => {
    if (o.supplGroups && o.gidOwner === undefined) fail("owner: --suppl-groups needs --gid-owner");
  },
});
