import { FAMILIES, type Family } from "../model/family.js";
import { Slices } from "../model/slices.js";
import { Collected, type RefusedLine } from "./list-parser.js";
import { mergeRanges } from "./merge.js";
import { type Networks, networksOf, networkTexts } from "./networks.js";
import { type OnProgress, ProgressTeller, type Telling } from "./progress.js";
import type { Ranges } from "./range-list.js";
import { type AnySource, readSource, type SourceAccess, type SourceReport } from "./sources.js";

export type ReadPhase = "read" | "merge";
export interface ReadOptions extends SourceAccess {
  /** Only addresses of this family. Default: of both. */
  readonly family?: Family;
  readonly onProgress?: OnProgress<ReadPhase>;
}

/** Addresses of both families, each once. */
export type AddressRanges = { readonly [F in Family]: Ranges };
export interface AddressLists {
  readonly ranges: AddressRanges;
  readonly sources: readonly SourceReport[];
  /** The first thousand lines that were not taken. */
  readonly refused: readonly RefusedLine[];
  /** All of them. */
  readonly refusedCount: number;
  /** The fewest networks that hold exactly these addresses, in order, as text. */
  networks(): Promise<{ readonly [F in Family]: readonly string[] }>;
}

/**
 * Reads lists of addresses and joins them: each address counts once, whatever overlaps. Needs no kernel.
 *
 * @throws `source` where one cannot be had, is cut short or holds no address at all; `aborted`
 * @example
 * const { ranges, refused } = await readAddresses(["https://www.spamhaus.org/drop/drop.txt", { file: "mine.txt" }]);
 */
export async function readAddresses(
  sources: readonly AnySource[],
  options: ReadOptions = {},
): Promise<AddressLists> {
  return collectAddresses(sources, options, new ProgressTeller<ReadPhase>(options.onProgress));
}

export async function collectAddresses(
  sources: readonly AnySource[],
  options: Omit<ReadOptions, "onProgress">,
  progress: Telling<ReadPhase>,
): Promise<AddressLists> {
  const { family, signal } = options,
    slices = new Slices("reading addresses", signal),
    collected = new Collected(family === undefined ? FAMILIES : [family]),
    reports: SourceReport[] = [];
  progress.begin("read");
  for (const [index, source] of sources.entries())
    reports.push(
      await readSource(source, index, collected, options, slices, () => progress.at(collected.taken)),
    );
  const { ipv4, ipv6 } = collected.ranges;
  progress.begin("merge", ipv4.length + ipv6.length);
  const ranges = { ipv4: await mergeRanges(ipv4, slices), ipv6: await mergeRanges(ipv6, slices) };
  progress.end();
  return {
    ranges,
    sources: reports,
    refused: collected.refused,
    refusedCount: collected.refusedCount,
    networks: async () => ({
      ipv4: [...networkTexts(await networksOf(ranges.ipv4, slices))],
      ipv6: [...networkTexts(await networksOf(ranges.ipv6, slices))],
    }),
  };
}
export const networksOfBoth = async (
  ranges: AddressRanges,
  slices: Slices,
): Promise<{ readonly [F in Family]: Networks }> => ({
  ipv4: await networksOf(ranges.ipv4, slices),
  ipv6: await networksOf(ranges.ipv6, slices),
});
