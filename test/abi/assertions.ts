import { type CName, type Field, innerSlots, type Layout, type Slot } from "../../src/codec/struct.js";
import type { EntryLayout } from "../../src/extensions/entry-layout.js";
import { ENTRY } from "../../src/extensions/entry-layout.js";
import { HEADER, NAME_SIZE, REVISION } from "../../src/extensions/part-header.js";

/** One struct as we lay it out. */
export interface Declared {
  readonly c: CName;
  readonly size: number;
  readonly layout: Layout;
  readonly slots: Readonly<Record<string, Slot<unknown>>>;
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const nameOf = ({ fields }: CName, key: string): string => fields[key] ?? snake(key);
const isAt = (struct: string, field: string, at: number): string =>
  `_Static_assert(offsetof(struct ${struct}, ${field}) == ${at}, "${struct}.${field} is not at ${at}");`;
const hasSize = (struct: string, field: string, size: number): string =>
  `_Static_assert(sizeof(((struct ${struct} *)0)->${field}) == ${size}, "${struct}.${field} has not ${size} bytes");`;

/** The fields of a struct that lies in `struct` as `prefix`. */
function innerFields(
  struct: string,
  prefix: string,
  of: NonNullable<Field<unknown>["of"]>,
  slots: Readonly<Record<string, Slot<unknown>>>,
): string[] {
  return Object.keys(of.layout).flatMap((key) => {
    const name = `${prefix}.${of.c ? nameOf(of.c, key) : snake(key)}`;
    return [isAt(struct, name, slots[key]!.at), hasSize(struct, name, slots[key]!.size)];
  });
}
function structAssertions({ c, size, layout, slots }: Declared): string[] {
  const lines = Object.entries(layout).flatMap(([key, field]) => {
    const name = nameOf(c, key),
      slot = slots[key]!;
    const own = [isAt(c.name, name, slot.at), hasSize(c.name, name, field.size)];
    if (!field.of) return own;
    const inner = innerSlots(slot) as Record<string, Slot<unknown>>;
    return [...own, ...innerFields(c.name, name, field.of, inner)];
  });
  return [
    `_Static_assert(sizeof(struct ${c.name}) == ${size}, "${c.name} has not ${size} bytes");`,
    ...lines,
  ];
}

const ENTRY_FIELDS: Readonly<Partial<Record<keyof EntryLayout, string>>> = {
  source: "src",
  destination: "dst",
  sourceMask: "smsk",
  destinationMask: "dmsk",
  inName: "iniface",
  outName: "outiface",
  inMask: "iniface_mask",
  outMask: "outiface_mask",
  protocol: "proto",
  flags: "flags",
  inverted: "invflags",
};
function entryAssertions(struct: string, prefix: string, layout: EntryLayout): string[] {
  const inPrefix = Object.entries(ENTRY_FIELDS).map(([key, name]) =>
    isAt(struct, `${prefix}.${name}`, layout[key as keyof EntryLayout]),
  );
  return [
    `_Static_assert(sizeof(struct ${struct}) == ${layout.size}, "${struct} has not ${layout.size} bytes");`,
    ...inPrefix,
    isAt(struct, "target_offset", layout.target),
    isAt(struct, "next_offset", layout.next),
    isAt(struct, "comefrom", layout.comefrom),
    isAt(struct, "counters", layout.counters),
  ];
}

/** ipt_ttl.h and ipt_TTL.h guard themselves by one name, as do their kin of IPv6. */
const SHARED_GUARDS = ["#undef _IPT_TTL_H", "#undef _IP6T_HL_H"];

/** A C file that compiles where the kernel's headers lay the structs out as we do. */
export function layoutAssertions(structs: readonly Declared[]): string {
  const headers = new Set([
    "stddef.h",
    "linux/types.h",
    "linux/in.h",
    "linux/in6.h",
    "linux/netfilter.h",
    "linux/netfilter/x_tables.h",
    "linux/netfilter_ipv4/ip_tables.h",
    "linux/netfilter_ipv6/ip6_tables.h",
    ...structs.map(({ c }) => c.header),
  ]);
  return [
    ...[...headers].flatMap((header) => [`#include <${header}>`, ...SHARED_GUARDS]),
    ...entryAssertions("ipt_entry", "ip", ENTRY.ipv4),
    ...entryAssertions("ip6t_entry", "ipv6", ENTRY.ipv6),
    `_Static_assert(sizeof(struct xt_entry_match) == ${HEADER}, "the header has not ${HEADER} bytes");`,
    isAt("xt_entry_match", "u.user.name", 2),
    hasSize("xt_entry_match", "u.user.name", NAME_SIZE),
    isAt("xt_entry_match", "u.user.revision", REVISION),
    ...structs.flatMap(structAssertions),
    "",
  ].join("\n");
}
