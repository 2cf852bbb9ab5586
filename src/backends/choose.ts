import { RampartError } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Presence } from "./presence.js";

/** What is known of a host, for one family. */
export interface BackendFacts {
  readonly legacy: Presence;
  readonly nft: Presence;
  /** Whether what is not there could be loaded: false for a kernel that has none of it. */
  readonly loadable: { readonly legacy: boolean; readonly nft: boolean };
  /** Which of the two the installed `iptables` works on; undefined where there is none, or that cannot be told. */
  readonly installed: "legacy" | "nft" | undefined;
}
export interface BackendChoice {
  readonly backend: "legacy" | "nft";
  /** Why, in one sentence without its full stop. */
  readonly reason: string;
}

/**
 * Where the rules live. Nothing is guessed where both have some: packets pass both, and whoever edits one of them does not
 * see the other.
 *
 * @throws `both-backends`
 */
export function chooseBackend(
  family: Family,
  { legacy, nft, loadable, installed }: BackendFacts,
): BackendChoice {
  if (legacy.holding.length > 0 && nft.holding.length > 0)
    throw new RampartError("both-backends", { family, legacy: legacy.holding, nft: nft.holding });
  if (legacy.holding.length > 0)
    return {
      backend: "legacy",
      reason: `iptables-legacy's tables hold rules (${legacy.holding.join(", ")})`,
    };
  if (nft.holding.length > 0)
    return { backend: "nft", reason: `iptables-nft's tables hold rules (${nft.holding.join(", ")})` };
  if (legacy.hidden && (nft.available || loadable.nft))
    return {
      backend: "nft",
      reason: "there are no rules in it, and in a user namespace the kernel does not tell of legacy tables",
    };
  const possible = { legacy: legacy.available || loadable.legacy, nft: nft.available || loadable.nft };
  if (possible.legacy !== possible.nft) {
    const backend = possible.legacy ? "legacy" : "nft",
      other = possible.legacy ? "nf_tables" : "tables of iptables-legacy";
    return { backend, reason: `there are no rules, and the kernel has no ${other}` };
  }
  const registered = legacy.tables.join(", "),
    none =
      registered === ""
        ? "there are no rules"
        : `there are no rules, as iptables-legacy's tables are merely registered (${registered})`;
  // Otherwise whoever runs it does not see what is written here, and what he writes then makes it rules in both.
  if (installed !== undefined)
    return {
      backend: installed,
      reason: `${none}, and the iptables that is installed is iptables-${installed}`,
    };
  return { backend: "nft", reason: `${none}, and nothing says otherwise` };
}
