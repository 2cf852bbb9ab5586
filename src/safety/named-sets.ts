import type { Endpoint } from "../model/endpoint.js";
import type { Family } from "../model/family.js";
import { isOpaque, type Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { chainIndex } from "./chain-index.js";
import { askedSet } from "./set-conditions.js";

/** What should be known of sets before rules that name them are judged. */
export interface SetQuestions {
  readonly names: ReadonlySet<string>;
  /** Addresses of which it should be known whether they are in the sets. */
  readonly addresses: readonly string[];
}

/** Where anyone may come from, one who is not in a set is enough: some that any of many lists would have to hold. */
const SOMEBODY: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ["5.45.97.13", "23.191.80.77", "62.178.9.201", "81.2.69.142", "109.70.150.5", "151.97.22.46"],
  ipv6: ["2001:470:1f0b:97::d", "2003:e1:a2:77::4d", "2a02:8388:601:9::c9", "2620:0:861:2e::5"],
};

/** Which sets the tables ask about, for whom; yields so often that callers can cut it in slices. */
export function* setQuestions(
  tables: readonly Table[],
  family: Family,
  endpoints: readonly Endpoint[],
): Generator<void, SetQuestions> {
  const names = new Set<string>(),
    addresses = new Set<string>();
  for (const table of tables)
    if (table.family === family) for (const chain of table.chains) yield* namedIn(table, chain, names);
  for (const { family: own, from } of endpoints) {
    if (own !== family || from?.match(/\/(?!0$)/)) continue;
    for (const one of from === undefined || from.endsWith("/0") ? SOMEBODY[family] : [from])
      addresses.add(one);
  }
  return { names, addresses: [...addresses] };
}
function* namedIn(table: Table, chain: string, names: Set<string>): Generator<void, void> {
  const index = yield* chainIndex(table, chain),
    rules = table.rules(chain);
  // One rule of each shape says it for all.
  for (const shape of index?.shapes ?? []) add(shape, names);
  for (let i = 0; i < rules.length; i++) {
    if ((i & 255) === 0) yield;
    if (!index || index.shape[i]! < 0) add(rules.at(i)!, names);
  }
}
function add({ matches = [] }: Rule, names: Set<string>): void {
  for (const part of matches) {
    const named = part.name === "set" && !isOpaque(part) ? askedSet(part.options) : undefined;
    if (named) names.add(named.set);
  }
}
