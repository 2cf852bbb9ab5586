import type { Transport } from "../../native.js";
import { type Answer, attributesOf, familyOf, replies } from "../../netlink/replies.js";
import { NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import { kernelError } from "./failure.js";
import { CHAIN, CHAIN_BINDING, HOOK, MESSAGE, TABLE } from "./wire.js";

/** A chain of any program, with what tells whose it is. */
export interface ListedChain {
  /** As in the message: one of `NFPROTO`. */
  readonly family: number;
  readonly table: string;
  readonly name: string;
  /** How many rules it has, and how many lead to it. */
  readonly use: number;
  /** Of a base chain: the hook's number, the priority and the type. */
  readonly hook?: { readonly number: number; readonly priority: number; readonly type: string };
  readonly policy?: "ACCEPT" | "DROP";
}
export interface ListedTable {
  readonly family: number;
  readonly name: string;
  /** Its chains are there, and none is asked: `table … { flags dormant; }`. */
  readonly dormant: boolean;
}
const DORMANT = 1;

/** Every table of a family of nf_tables; 0 is all of them. */
export const listTables = (transport: Transport, family: number): Promise<ListedTable[]> =>
  list(transport, MESSAGE.getTable, family, (answer) => {
    let name = "",
      flags = 0;
    for (const a = attributesOf(answer); a.next(); )
      if (a.type === TABLE.name) name = a.text();
      else if (a.type === TABLE.flags) flags = a.be32();
    return { family: familyOf(answer), name, dormant: (flags & DORMANT) !== 0 };
  });

/** Every chain of a family of nf_tables, whoever made it, but for those that only one rule can lead to; 0 is all families. */
export const listChains = (transport: Transport, family: number): Promise<ListedChain[]> =>
  list(transport, MESSAGE.getChain, family, listedChain);

function listedChain(answer: Answer): ListedChain | undefined {
  let table = "",
    name = "",
    type = "",
    use = 0,
    flags = 0,
    policy: number | undefined,
    hook: { number: number; priority: number } | undefined;
  for (const a = attributesOf(answer); a.next(); )
    if (a.type === CHAIN.table) table = a.text();
    else if (a.type === CHAIN.name) name = a.text();
    else if (a.type === CHAIN.type) type = a.text();
    else if (a.type === CHAIN.use) use = a.be32();
    else if (a.type === CHAIN.flags) flags = a.be32();
    else if (a.type === CHAIN.policy) policy = a.be32();
    else if (a.type === CHAIN.hook) {
      hook = { number: -1, priority: 0 };
      for (const h = a.nest(); h.next(); )
        if (h.type === HOOK.number) hook.number = h.be32();
        else if (h.type === HOOK.priority) hook.priority = h.be32() | 0;
    }
  if ((flags & CHAIN_BINDING) !== 0) return undefined;
  return {
    family: familyOf(answer),
    table,
    name,
    use,
    ...(hook && { hook: { ...hook, type } }),
    ...(policy !== undefined && { policy: policy === 0 ? ("DROP" as const) : ("ACCEPT" as const) }),
  };
}

async function list<T>(
  transport: Transport,
  type: number,
  family: number,
  read: (answer: Answer) => T | undefined,
): Promise<T[]> {
  const request = new MessageWriter(),
    found: T[] = [];
  request.begin({ type, flags: NLM_F.dump, sequence: 1, family });
  request.end();
  for (const one of replies(await transport(request.take())))
    if (one.kind === "answer") {
      const item = read(one);
      if (item !== undefined) found.push(item);
    } else if (one.errno !== 0) throw kernelError(one, { operation: "listing the chains of nf_tables" });
  return found;
}
