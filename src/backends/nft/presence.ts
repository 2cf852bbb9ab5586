import { isRampartError } from "../../errors.js";
import { BUILT_IN_CHAINS, type Family, isTableName } from "../../model/family.js";
import { type Namespace, netlinkTransport } from "../../native.js";
import { NETLINK } from "../../netlink/wire.js";
import { NOTHING, type Presence } from "../presence.js";
import { FAMILY_NUMBER } from "./base-chains.js";
import { type ListedChain, listChains, listTables } from "./chain-list.js";

/**
 * The tables of iptables-nft. Asking loads nf_tables where it is a module: ask only where it is known to be there, or
 * where nothing can be loaded.
 */
export async function nftPresence(family: Family, namespace: Namespace | undefined): Promise<Presence> {
  const transport = netlinkTransport(NETLINK.netfilter, namespace),
    number = FAMILY_NUMBER[family];
  try {
    const tables = (await listTables(transport, number)).map(({ name }) => name).filter(isTableName),
      chains = tables.length > 0 ? await listChains(transport, number) : [];
    const holding = tables.filter((table) => chains.some((chain) => chain.table === table && says(chain)));
    return { available: true, tables, holding };
  } catch (error) {
    if (isRampartError(error, "module-missing")) return NOTHING;
    throw error;
  }
}

/** Whether iptables-nft would show anything of it. A base chain of another name, or elsewhere, is another program's. */
function says({ table, name, hook, policy, use }: ListedChain): boolean {
  const builtIn = isTableName(table) && BUILT_IN_CHAINS[table].includes(name);
  return builtIn ? use > 0 || policy === "DROP" : hook === undefined;
}
