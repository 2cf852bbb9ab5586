import type { Firewall, Table } from "../src/index.js";
import { built } from "./built.js";
import { program, selfTimed, timed } from "./measure.js";

const { applySection, emptyTable, parseRules } = await built<typeof import("../src/index.js")>("index.js");

/** Two rule sets of one size and kind, and where they lie. */
export interface Material {
  readonly texts: readonly [string, string];
  readonly files: readonly [string, string];
  readonly entries: readonly [string, string];
  /** The C program. */
  readonly libiptc: string;
}
export interface CommitTimes {
  rampart: number;
  objects: number;
  restore: number;
  libiptc: number;
}
export const tableOf = (text: string): Table =>
  applySection(parseRules(text).tables[0]!, emptyTable("ipv4", "filter", { policy: undefined }));
export const empty = (firewall: Firewall): Promise<void> => firewall.write(emptyTable("ipv4", "filter"));

/** One round: into an empty table, then over as many other rules; each of the four from the same start. */
export async function commitRound(firewall: Firewall, material: Material) {
  const fresh = await times(firewall, material, 0, () => empty(firewall));
  const replace = await times(firewall, material, 1, () => firewall.restore(material.texts[0]));
  return { fresh, replace };
}

async function times(
  firewall: Firewall,
  { texts, files, entries, libiptc }: Material,
  which: 0 | 1,
  prepare: () => Promise<void>,
): Promise<CommitTimes> {
  await prepare();
  const restore = program("iptables-legacy-restore", [], files[which]);
  await prepare();
  const rampart = await timed(() => firewall.restore(texts[which]));
  const table = tableOf(texts[which]);
  await prepare();
  const objects = await timed(() => firewall.write(table));
  await prepare();
  return { restore, rampart, objects, libiptc: selfTimed(libiptc, "commit", entries[which]) };
}
