/** Tables as iptables and the kernel exchange them: linux/netfilter_ipv4/ip_tables.h, and ip6_tables.h beside it. */
import type { Family } from "../../src/model/family.js";

const HOOKS = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];
/** Of ipt_entry and ip6t_entry: where they say how long they are, and which hooks lead to them, as the kernel notes. */
const ENTRY = { ipv4: { next: 90, comesFrom: 92 }, ipv6: { next: 142, comesFrom: 144 } } as const;
const ENTRIES_HEADER = 40,
  REPLACE = { hookEntry: 44, underflow: 64, header: 96 } as const;

export const tableOf = (replace: Buffer): string => replace.toString("latin1", 0, 32).replace(/\0.*/s, "");

function entriesFrom(bytes: Buffer, from: number, to: number, family: Family): Buffer[] {
  const { next, comesFrom } = ENTRY[family],
    entries: Buffer[] = [];
  for (let at = from; at < to; at += bytes.readUInt16LE(at + next)) {
    const entry = Buffer.from(bytes.subarray(at, at + bytes.readUInt16LE(at + next)));
    entry.fill(0, comesFrom, comesFrom + 4);
    entries.push(entry);
  }
  return entries;
}
/** The rules of a base chain, without its policy; `comefrom` is zero. */
export function rulesSent(replace: Buffer, chain: string, family: Family): readonly Buffer[] {
  const hook = 4 * HOOKS.indexOf(chain),
    at = (field: number) => REPLACE.header + replace.readUInt32LE(field + hook);
  return entriesFrom(replace, at(REPLACE.hookEntry), at(REPLACE.underflow), family);
}
/** The same rules as the kernel gives them back, which keeps the layout that it was sent. */
export function rulesGot(entries: Buffer, sent: Buffer, chain: string, family: Family): readonly Buffer[] {
  const hook = 4 * HOOKS.indexOf(chain),
    at = (field: number) => ENTRIES_HEADER + sent.readUInt32LE(field + hook);
  return entriesFrom(entries, at(REPLACE.hookEntry), at(REPLACE.underflow), family);
}
