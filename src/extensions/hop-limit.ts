import { uint } from "./kinds-number.js";
import { selected } from "./option-selected.js";

/** How the packet's value compares: IPT_TTL_EQ, _NE, _LT and _GT; IP6T_HL_* are the same. */
const EQUAL = 0,
  NOT = 1,
  LESS = 2,
  GREATER = 3;
const told = selected("mode"),
  equal = selected("mode", { mask: 0xff & ~NOT, inverted: "mode", not: NOT });

/** The options of ttl and hl: one byte in `field`, and how it compares in "mode". */
export const hopOptions = <F extends string>(field: F) => ({
  equal: equal(EQUAL, uint(field, 255)),
  less: told(LESS, uint(field, 255)),
  greater: told(GREATER, uint(field, 255)),
});

/** What becomes of the packet's value: IPT_TTL_SET, _INC and _DEC; IP6T_HL_* are the same. */
const SET = 0,
  INCREMENT = 1,
  DECREMENT = 2;
/** The options of TTL and HL, likewise. */
export const hopChanges = <F extends string>(field: F) => ({
  set: told(SET, uint(field, 255)),
  increment: told(INCREMENT, uint(field, 255, 1)),
  decrement: told(DECREMENT, uint(field, 255, 1)),
});
