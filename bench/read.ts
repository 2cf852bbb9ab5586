import type { Firewall, Table } from "../src/index.js";
import { program, selfTimed, timed } from "./measure.js";

export interface ReadTimes {
  /** To a snapshot. */
  snapshot: number;
  libiptc: number;
  /** Every rule decoded, of a new snapshot. */
  decode: number;
  /** One field of every rule, of a new snapshot. */
  field: number;
  save: number;
}

/** One round over what is in the kernel. */
export async function readRound(firewall: Firewall, libiptc: string): Promise<ReadTimes> {
  // Who reads first after another process's commit finds the kernel's memory cold: it shall be neither of the two.
  selfTimed(libiptc, "read");
  // What the commits before have left to the collector is not the read's (--expose-gc).
  globalThis.gc?.();
  let table: Table | undefined;
  const snapshot = await timed(async () => {
    table = await firewall.read("filter");
  });
  const decode = await timed(() =>
    touch(table!, ({ matches, jump }) => (matches?.length ?? 0) + (jump ? 1 : 0)),
  );
  const again = await firewall.read("filter");
  const field = await timed(() => touch(again, ({ source }) => (source === undefined ? 0 : 1)));
  return {
    snapshot,
    decode,
    field,
    libiptc: selfTimed(libiptc, "read"),
    save: program("iptables-legacy-save", ["-c", "-t", "filter"]),
  };
}
type Look = (rule: NonNullable<ReturnType<ReturnType<Table["rules"]>["at"]>>) => number;
function touch(table: Table, look: Look): number {
  let n = 0;
  for (const rule of table.rules("BLOCK")) n += look(rule);
  return n;
}
