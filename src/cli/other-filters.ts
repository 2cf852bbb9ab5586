import { type Diagnosis, diagnose } from "../index.js";

/** What also filters on this host, beside the rules that were looked at. */
export interface OtherFilter {
  readonly kind: "other-filter" | "both-backends";
  /** As nft calls it: ip, ip6, inet, arp, bridge, netdev; of both backends ipv4 or ipv6. */
  readonly family: string;
  readonly table?: string;
  readonly reason: string;
  readonly remedy: string;
}

/** A packet that one filter accepts is still asked about by all others. */
export async function otherFilters(netns: string | undefined): Promise<readonly OtherFilter[]> {
  const found = await diagnose({ ...(netns !== undefined && { netns }) });
  return [...bothBackends(found), ...baseChains(found)];
}
function* bothBackends({ families }: Diagnosis): Generator<OtherFilter> {
  for (const [family, { legacy, nft }] of Object.entries(families))
    if ([legacy, nft].every(({ tables }) => tables.some(({ holds }) => holds)))
      yield {
        kind: "both-backends",
        family,
        reason: "there are rules in the legacy tables and in those of iptables-nft, and packets pass both",
        remedy: "look at each with --backend, and keep one: rampart migrate --to nft",
      };
}
function* baseChains({ foreign }: Diagnosis): Generator<OtherFilter> {
  for (const { family, table, dormant, owner, baseChains } of foreign) {
    if (dormant || baseChains.length === 0) continue;
    const chains = baseChains.map(
      ({ chain, hook, policy }) => `${chain} (${hook}${policy === "DROP" ? ", policy drop" : ""})`,
    );
    yield {
      kind: "other-filter",
      family,
      table,
      reason: `packets also pass ${chains.join(", ")}${owner ? ` of ${owner}` : ""}, which may drop what these rules accept`,
      remedy: `see nft list table ${family} ${table}`,
    };
  }
}
