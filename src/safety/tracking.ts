import { isOpaque, type Part, type Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { chainIndex } from "./chain-index.js";

/** Matches and targets for whose sake the kernel tracks connections (nf_ct_netns_get, net/netfilter/xt_*.c). */
const MATCHES = new Set("conntrack state connmark connlimit connbytes connlabel helper cluster".split(" ")),
  TARGETS = new Set(
    "SNAT DNAT MASQUERADE REDIRECT NETMAP CONNMARK CONNSECMARK SYNPROXY CLUSTERIP".split(" "),
  );

const asks = (part: Part): boolean => !isOpaque(part) && MATCHES.has(part.name);
function wakes({ matches, jump }: Rule): boolean {
  if (matches?.some(asks)) return true;
  if (typeof jump !== "object" || isOpaque(jump)) return false;
  // NOTRACK alone keeps packets from conntrack, and does not need it.
  return TARGETS.has(jump.name) || (jump.name === "CT" && !jump.options.notrack);
}

/** Whether any rule makes the kernel track connections, reached by packets or not. */
export function* wakesConntrack(tables: readonly Table[]): Generator<void, boolean> {
  for (const table of tables)
    for (const chain of table.chains) {
      const index = yield* chainIndex(table, chain),
        rules = table.rules(chain);
      // One rule of each shape says it for all.
      if (index?.shapes.some(wakes)) return true;
      for (let i = 0; i < rules.length; i++) {
        if ((i & 255) === 0) yield;
        if ((!index || index.shape[i]! < 0) && wakes(rules.at(i)!)) return true;
      }
    }
  return false;
}
