import type { Family } from "../../model/family.js";
import { ICMP_NAMES } from "../../model/icmp-names.js";
import type { IcmpType } from "../matches/icmp.js";

/** The first name of an ICMP type. A type alone means all of its codes. */
export function icmpName(family: Family, type: IcmpType): string | undefined {
  if (type === "any") return "any";
  const one = typeof type === "number" ? { type, code: undefined } : type;
  return ICMP_NAMES[family].find(([, number, code]) => number === one.type && code === one.code)?.[0];
}
