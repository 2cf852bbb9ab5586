import { BUILT_IN_CHAINS, type Family, type TableName } from "../../model/family.js";
import { NFPROTO } from "../../netlink/wire.js";

/** Where the kernel runs a built-in chain, as every iptables-nft has it. */
export interface BaseChain {
  readonly name: string;
  /** NF_INET_* */
  readonly hook: number;
  readonly priority: number;
  readonly type: "filter" | "nat" | "route";
}
export const FAMILY_NUMBER: Readonly<Record<Family, number>> = { ipv4: NFPROTO.ipv4, ipv6: NFPROTO.ipv6 };

const HOOKS: Readonly<Record<string, number>> = {
  PREROUTING: 0,
  INPUT: 1,
  FORWARD: 2,
  OUTPUT: 3,
  POSTROUTING: 4,
};
const PRIORITY: Readonly<Record<TableName, number>> = {
  raw: -300,
  mangle: -150,
  nat: -100,
  filter: 0,
  security: 150,
};
/** Source addresses are translated last. */
const SOURCE_NAT = 100;

function baseChain(table: TableName, name: string): BaseChain {
  const late = table === "nat" && (name === "INPUT" || name === "POSTROUTING");
  return {
    name,
    hook: HOOKS[name]!,
    priority: late ? SOURCE_NAT : PRIORITY[table],
    // A packet whose mark or address changes on its way out is routed again.
    type: table === "nat" ? "nat" : table === "mangle" && name === "OUTPUT" ? "route" : "filter",
  };
}
export const baseChains = (table: TableName): readonly BaseChain[] =>
  BUILT_IN_CHAINS[table].map((name) => baseChain(table, name));
