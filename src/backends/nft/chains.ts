import { RampartError } from "../../errors.js";
import { type Counters, toCount, ZERO_COUNTERS } from "../../model/counters.js";
import type { Family, Policy, TableName } from "../../model/family.js";
import type { Attributes } from "../../netlink/attributes.js";
import { type Answer, attributesOf } from "../../netlink/replies.js";
import { baseChains } from "./base-chains.js";
import { CHAIN, CHAIN_BINDING, COUNTER, HOOK } from "./wire.js";

/** A chain that iptables would show, as the kernel has it. */
export interface KernelChain {
  readonly name: string;
  readonly handle: number;
  readonly builtIn: boolean;
  readonly policy?: Policy;
  readonly counters: Counters;
}
interface Raw {
  table: string;
  name: string;
  handle: number;
  hook?: { number: number; priority: number };
  type?: string;
  policy?: number;
  flags: number;
  counters: Counters;
}

/** The chains of one table: iptables' built-in ones as far as they are there, and all that have no hook. */
export function chainsOf(
  answers: readonly Answer[],
  family: Family,
  table: TableName,
): ReadonlyMap<string, KernelChain> {
  const chains = new Map<string, KernelChain>(),
    base = new Map(baseChains(table).map((chain) => [chain.name, chain]));
  for (const answer of answers) {
    const { hook, ...raw } = rawChain(attributesOf(answer));
    if (raw.table !== table || (raw.flags & CHAIN_BINDING) !== 0) continue;
    const own = base.get(raw.name);
    // A chain with a hook of its own is somebody else's: iptables has no way to show it.
    if (hook && !own) continue;
    if (own && !(hook?.number === own.hook && hook.priority === own.priority && raw.type === own.type))
      throw new RampartError("foreign", {
        family,
        table,
        chain: raw.name,
        problem:
          "a chain of that name was made by another program, with another hook, priority or type than iptables'; look at it with: nft list ruleset",
      });
    if (raw.name.includes("\ufffd"))
      throw new RampartError("chain-name", { chain: raw.name, problem: "its bytes are no UTF-8 text" });
    chains.set(raw.name, {
      name: raw.name,
      handle: raw.handle,
      builtIn: own !== undefined,
      ...(own && { policy: raw.policy === 0 ? "DROP" : "ACCEPT" }),
      counters: raw.counters,
    });
  }
  return chains;
}

function rawChain(a: Attributes): Raw {
  const raw: Raw = { table: "", name: "", handle: 0, flags: 0, counters: ZERO_COUNTERS };
  while (a.next())
    if (a.type === CHAIN.table) raw.table = a.text();
    else if (a.type === CHAIN.name) raw.name = a.text();
    else if (a.type === CHAIN.handle) raw.handle = Number(a.be64());
    else if (a.type === CHAIN.policy) raw.policy = a.be32();
    else if (a.type === CHAIN.type) raw.type = a.text();
    else if (a.type === CHAIN.flags) raw.flags = a.be32();
    else if (a.type === CHAIN.counters) raw.counters = countersIn(a.nest());
    else if (a.type === CHAIN.hook) raw.hook = hookIn(a.nest());
  return raw;
}
function hookIn(a: Attributes): { number: number; priority: number } {
  const hook = { number: -1, priority: 0 };
  while (a.next())
    if (a.type === HOOK.number) hook.number = a.be32();
    else if (a.type === HOOK.priority) hook.priority = a.be32() | 0;
  return hook;
}
export function countersIn(a: Attributes): Counters {
  let packets = 0n,
    bytes = 0n;
  while (a.next())
    if (a.type === COUNTER.packets) packets = BigInt(a.be64());
    else if (a.type === COUNTER.bytes) bytes = BigInt(a.be64());
  return Object.freeze({ packets: toCount(packets), bytes: toCount(bytes) });
}
