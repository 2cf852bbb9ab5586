import { struct, u16 } from "../../codec/struct.js";
import { match } from "../define.js";
import type { Context } from "../extension.js";
import { mapped, numberIn } from "../kinds.js";
import { fail, flags, required } from "../option.js";

const info = struct("xt_connlabel_mtinfo", "linux/netfilter/xt_connlabel.h", { bit: u16, options: u16 });
const INVERT = 1,
  SET = 2;

/** A name of /etc/xtables/connlabel.conf, or a number, of which iptables keeps 16 bits. */
function bitOf(word: string, { names }: Context): number {
  const n = numberIn(word);
  // The number goes through an `int`, whose negative values are no labels.
  if (Number.isSafeInteger(n) && (n | 0) >= 0) return n & 0xffff;
  return names.numberOf("connlabel", word) ?? fail(`there is no label "${word}"`);
}
const label = mapped<"bit", number>(
  "bit",
  (n) => n,
  (n) => n,
  { parse: bitOf, print: (bit, { names }) => `"${names.nameOf("connlabel", bit) ?? bit}"` },
);

/**
 * `-m connlabel`: a label of the connection, or sets it.
 *
 * @example connlabel({ label: 40, set: true })
 */
export const connlabel = match("connlabel", {
  revision: 0,
  info,
  named: true,
  need: ["label"],
  options: {
    /** The label's number, 0 to 127; text may have its name in /etc/xtables/connlabel.conf instead. */
    label: { ...required(label, "options", INVERT), wordsOf: (bit: number) => [`${bit}`] },
    /** The label is set as well, and the match fails where that cannot be done. */
    set: flags("options")(SET),
  },
});
