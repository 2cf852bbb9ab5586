import { uint } from "./kinds-number.js";
import { selected } from "./option-selected.js";

/** How the packet's value compares: IPT_TTL_EQ, _NE, _LT and _GT; IP6T_HL_* are the same. */
const EQUAL = 0,
  NOT = 1,
  LESS = 2,
  GREATER = 3;
const compared = selected("mode"),
  equal = selected("mode", { mask: 0xff & ~NOT, inverted: "mode", not: NOT });

/** The options of ttl and hl: one byte in `field`, and how it compares in "mode". */
export const hopOptions = <F extends string>(field: F) => ({
  equal: equal(EQUAL, uint(field, 255)),
  less: compared(LESS, uint(field, 255)),
  greater: compared(GREATER, uint(field, 255)),
});
