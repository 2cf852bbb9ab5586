import { ZERO_COUNTERS } from "../model/counters.js";
import type { Family } from "../model/family.js";
import type { Negatable, Rule } from "../model/rule.js";
import {
  address,
  device,
  extensions,
  type ListingOptions,
  listCounters,
  mark,
  protocolColumn,
  targetName,
} from "./listing.js";

/** What a listing says of a rule, a column each, unpadded; `""` where the rule does not say. */
export interface RuleColumns {
  readonly packets: string;
  readonly bytes: string;
  readonly target: string;
  readonly protocol: string;
  readonly inInterface: string;
  readonly outInterface: string;
  readonly source: string;
  readonly destination: string;
  /** Fragments, matches, and the options of the target. */
  readonly more: string;
}

/** A rule for tables of one's own: the words of `listTable`, with numbers for ports and names for protocols. */
export function ruleColumns(
  rule: Rule,
  family: Family,
  { exact, names = {} }: Pick<ListingOptions, "exact" | "names"> = {},
): RuleColumns {
  const numeric = true,
    [packets, bytes] = listCounters(rule.counters ?? ZERO_COUNTERS, exact),
    at = (value: Negatable<string> | undefined) =>
      value === undefined ? "" : address(value, family, numeric);
  const { fragment, protocol, inInterface, outInterface } = rule;
  return {
    packets,
    bytes,
    target: targetName(rule),
    protocol: protocol === undefined ? "" : mark(protocol) + protocolColumn(rule, { names }),
    inInterface: device(inInterface, "").trim(),
    outInterface: device(outInterface, "").trim(),
    source: at(rule.source).trim(),
    destination: at(rule.destination).trim(),
    more: [
      fragment === undefined ? "" : `${mark(fragment)}fragment`,
      rule.goto === undefined ? "" : "[goto]",
      extensions(rule, family, { numeric, names }).trim(),
    ]
      .filter((one) => one !== "")
      .join(" "),
  };
}
