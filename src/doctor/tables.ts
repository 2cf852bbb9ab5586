import { legacyBackend } from "../backends/legacy/backend.js";
import { legacyPresence } from "../backends/legacy/presence.js";
import { nftBackend } from "../backends/nft/backend.js";
import { FAMILY_NUMBER } from "../backends/nft/base-chains.js";
import { type ListedChain, listChains, listTables } from "../backends/nft/chain-list.js";
import { nftPresence } from "../backends/nft/presence.js";
import { NOTHING, type Presence } from "../backends/presence.js";
import { BUILT_IN_CHAINS, FAMILIES, type Family, isTableName, type TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Table } from "../model/table.js";
import { type Namespace, netlinkTransport } from "../native.js";
import { NETLINK, NFPROTO } from "../netlink/wire.js";
import type { ForeignTable, FoundBackend, FoundTable, Neighbour } from "./diagnosis.js";
import { ownerOfChain, ownerOfTable } from "./neighbours.js";

/** Notes what kept something from being seen, and goes on with what is seen instead. */
export type Attempt = <T>(look: () => Promise<T>, instead: T) => Promise<T>;
export interface Place {
  readonly names: Names;
  readonly namespace: Namespace | undefined;
  readonly attempt: Attempt;
}
export interface Seen {
  readonly presence: Presence;
  readonly found: FoundBackend;
}

export async function lookAt(name: "legacy" | "nft", family: Family, place: Place): Promise<Seen> {
  const { namespace, names, attempt } = place,
    present = name === "nft" ? nftPresence : legacyPresence,
    presence = await attempt(() => present(family, namespace), NOTHING);
  const read = async (): Promise<FoundTable[]> => {
    // Neither is closed: the namespace is the caller's.
    const backend = name === "nft" ? nftBackend({ names, namespace }) : legacyBackend({ names, namespace }),
      tables: FoundTable[] = [];
    for (const table of presence.tables) tables.push(await attempt(() => one(table), bare(table)));
    return tables;
    async function one(table: TableName): Promise<FoundTable> {
      const { chains, ...read } = summary(await backend.read(family, table));
      return { ...bare(table), chains, ...read };
    }
  };
  const bare = (table: TableName): FoundTable => ({
    table,
    holds: presence.holding.includes(table),
    rules: 0,
    chains: [],
  });
  const tables = presence.tables.length > 0 ? await attempt(read, presence.tables.map(bare)) : [];
  return {
    presence,
    found: { available: presence.available, tables, ...(presence.hidden && { hidden: true }) },
  };
}
const summary = (table: Table) => ({
  rules: table.chains.reduce((sum, chain) => sum + table.rules(chain).length, 0),
  chains: table.chains.filter((chain) => !table.isBuiltIn(chain)),
});

/** Whose chains stand among those tables. */
export function neighboursIn(
  family: Family,
  backend: "legacy" | "nft",
  { tables }: FoundBackend,
): Neighbour[] {
  return tables.flatMap(({ table, chains }) => {
    const byOwner = new Map<string, string[]>();
    for (const chain of chains) {
      const owner = ownerOfChain(chain);
      if (owner !== undefined) byOwner.set(owner, [...(byOwner.get(owner) ?? []), chain]);
    }
    return [...byOwner].map(([owner, own]) => ({ owner, family, backend, table, chains: own }));
  });
}

const NFT_FAMILIES: Readonly<Record<number, string>> = {
  [NFPROTO.inet]: "inet",
  [NFPROTO.ipv4]: "ip",
  [NFPROTO.arp]: "arp",
  5: "netdev",
  [NFPROTO.bridge]: "bridge",
  [NFPROTO.ipv6]: "ip6",
};
const HOOKS = ["prerouting", "input", "forward", "output", "postrouting", "ingress"];

/** Every table of nf_tables that holds something which iptables does not show. */
export async function foreignTables(namespace: Namespace | undefined): Promise<ForeignTable[]> {
  const transport = netlinkTransport(NETLINK.netfilter, namespace),
    tables = await listTables(transport, NFPROTO.unspec),
    chains = await listChains(transport, NFPROTO.unspec);
  return tables.flatMap(({ family, name, dormant }) => {
    const own = FAMILIES.some((one) => FAMILY_NUMBER[one] === family) && isTableName(name);
    const base = chains.filter(
      (chain) =>
        chain.family === family && chain.table === name && chain.hook && !(own && isBuiltIn(name, chain)),
    );
    // Tables of arptables and ebtables go by these names too, and are shown with the rest.
    if (own && base.length === 0 && !dormant) return [];
    const owner = ownerOfTable(name);
    const baseChains = base.map(({ name: chain, hook, policy }) => ({
      chain,
      hook: HOOKS[hook!.number] ?? `hook ${hook!.number}`,
      priority: hook!.priority,
      ...(policy && { policy }),
    }));
    return {
      family: NFT_FAMILIES[family] ?? `${family}`,
      table: name,
      dormant,
      baseChains,
      ...(owner && { owner }),
    };
  });
}
const isBuiltIn = (table: TableName, { name }: ListedChain): boolean => BUILT_IN_CHAINS[table].includes(name);
