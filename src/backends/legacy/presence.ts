import { LITTLE, textAt } from "../../codec/struct.js";
import { type Family, isTableName, type TableName } from "../../model/family.js";
import { isFailure } from "../../native/failure.js";
import { type Namespace, netlinkAddon } from "../../native.js";
import { NOTHING, type Presence } from "../presence.js";
import { systemError } from "./failure.js";

/** linux/netfilter_ipv4/ip_tables.h and netfilter_ipv6/ip6_tables.h: what is asked, and where the answer has what. */
const KERNEL = {
  ipv4: { names: "ip_tables_names", family: 2, level: 0, targetOffset: 88 },
  ipv6: { names: "ip6_tables_names", family: 10, level: 41, targetOffset: 140 },
} as const;
const GET_INFO = 64,
  GET_ENTRIES = 65;
/** `struct ipt_getinfo`: name[32], valid_hooks, hook_entry[5], underflow[5], num_entries, size. */
const INFO = { size: 84, hooks: 32, underflow: 56, entries: 76, bytes: 80 } as const,
  HOOKS = 5;
/** `struct ipt_get_entries`: name[32], size, and the entries at a multiple of 8. */
const ENTRIES = { bytes: 32, first: 40 } as const;
/** The verdict of a standard target stands behind its header; this one is NF_ACCEPT. */
const TARGET_HEADER = 32,
  ACCEPT = -2;

/**
 * The tables of iptables-legacy. Only those that are listed are asked about: a question about another one would make it. In a
 * user namespace nobody is shown the list.
 */
export async function legacyPresence(family: Family, namespace: Namespace | undefined): Promise<Presence> {
  try {
    const names = await netlinkAddon().procNet(KERNEL[family].names, namespace);
    if (!names) return NOTHING;
    const bytes = new Uint8Array(names),
      tables = textAt(bytes, 0, bytes.length).split("\n").filter(isTableName),
      holding: TableName[] = [];
    for (const table of tables) if (await settled(() => holds(family, table, namespace))) holding.push(table);
    return { available: true, tables, holding };
  } catch (error) {
    if (isFailure(error) && error.errno === EACCES) return { ...NOTHING, hidden: true };
    throw systemError(error, { operation: `looking for ${family} tables`, spot: { family } });
  }
}

/** Once more where the table was replaced between two questions. */
async function settled<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS; ; left--)
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || !isFailure(error) || error.errno !== EAGAIN) throw error;
    }
}
const ATTEMPTS = 20,
  EAGAIN = 11,
  EACCES = 13;

async function holds(family: Family, table: TableName, namespace: Namespace | undefined): Promise<boolean> {
  const { level, family: domain, targetOffset } = KERNEL[family];
  const ask = async (option: number, size: number, put = (_: DataView): void => {}): Promise<DataView> => {
    const value = new Uint8Array(size);
    value.set(new TextEncoder().encode(table));
    put(new DataView(value.buffer));
    return new DataView(await netlinkAddon().socketOption(domain, level, option, value, namespace));
  };
  const info = await ask(GET_INFO, INFO.size),
    number = (at: number) => info.getUint32(at, LITTLE),
    hooks = Array.from({ length: HOOKS }, (_, i) => i).filter((i) => number(INFO.hooks) & (1 << i));
  // A policy is an entry for each hook, and one more ends the table.
  if (number(INFO.entries) > hooks.length + 1) return true;
  const size = number(INFO.bytes),
    entries = await ask(GET_ENTRIES, ENTRIES.first + size, (view) =>
      view.setUint32(ENTRIES.bytes, size, LITTLE),
    );
  return hooks.some((hook) => {
    const entry = ENTRIES.first + number(INFO.underflow + hook * 4),
      target = entry + entries.getUint16(entry + targetOffset, LITTLE);
    return entries.getInt32(target + TARGET_HEADER, LITTLE) !== ACCEPT;
  });
}
