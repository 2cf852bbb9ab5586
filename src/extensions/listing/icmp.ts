import type { Family } from "../../model/family.js";
import { ICMP_NAMES } from "../../model/icmp-names.js";

/** The first name of an ICMP type in the words of `-S`: `8`, `3/1`, `any`. A type alone means all of its codes. */
export function icmpName(family: Family, text: string): string | undefined {
  if (text === "any") return "any";
  const [type, code] = text.split("/");
  const found = ICMP_NAMES[family].find(
    ([, t, c]) => `${t}` === type && (c === undefined ? undefined : `${c}`) === code,
  );
  return found?.[0];
}
