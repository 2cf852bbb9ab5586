import type { Firewall } from "../src/index.js";
import { empty, type Material, tableOf } from "./commit.js";
import { longestGap, runs } from "./measure.js";

/** The longest time that the event loop did not turn, in milliseconds. */
export interface Gaps {
  /** While text is read and committed. */
  text: number;
  /** While rules that are objects already are encoded and committed. */
  encode: number;
  /** While a table is read, decoded and printed. */
  decode: number;
  /** While this process does nothing, and iptables-legacy-restore loads the same rules: what the machine itself does to it. */
  idle: number;
}

export async function gapRound(firewall: Firewall, { texts, files }: Material): Promise<Gaps> {
  // Made first, so that what it leaves to the collector is not counted as the write's.
  const table = tableOf(texts[1]);
  await empty(firewall);
  // Nor what the rounds before have left (--expose-gc).
  globalThis.gc?.();
  const idle = await longestGap(() => runs("iptables-legacy-restore", files[0]));
  await empty(firewall);
  const text = await longestGap(() => firewall.restore(texts[0])),
    encode = await longestGap(() => firewall.write(table)),
    decode = await longestGap(() => firewall.save({ counters: true }));
  return { text, encode, decode, idle };
}
