import type { Extension } from "./extension.js";
import * as matchFactories from "./matches/index.js";
import * as targetFactories from "./targets/index.js";

const byName = (all: readonly Extension[]): ReadonlyMap<string, Extension> =>
  new Map(all.map((extension) => [extension.name, extension]));
/** By the kernel's name; a face that recognises itself comes before the thing it is a face of. */
function byWire(all: readonly Extension[]): ReadonlyMap<string, readonly Extension[]> {
  const out = new Map<string, Extension[]>();
  for (const extension of all.flatMap((one) => [one, ...one.others]))
    out.set(extension.wire, [...(out.get(extension.wire) ?? []), extension]);
  for (const faces of out.values()) faces.sort((a, b) => Number(b.tagged) - Number(a.tagged));
  return out;
}
const allMatches: readonly Extension[] = Object.values(matchFactories),
  allTargets: readonly Extension[] = Object.values(targetFactories);

/** Every match that Rampart knows, by its name in text. */
export const matches = byName(allMatches);
/** Every target that is no verdict and no chain, by its name in text. */
export const targets = byName(allTargets);
export const onWire = { match: byWire(allMatches), target: byWire(allTargets) } as const;
