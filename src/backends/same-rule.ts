import { isRampartError } from "../errors.js";
import { ruleBytes, sameBytes } from "../extensions/rule-bytes.js";
import type { SameRule } from "../model/draft.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import { sameRule } from "../model/table.js";
import { contextOf } from "./context.js";
import type { SetNumbers } from "./set-numbers.js";

/**
 * Whether two rules that no kernel has seen yet would be the same to it: `-j REJECT` is `--reject-with
 * icmp-port-unreachable`, `60/min` is `1/sec`. A set is told from others by its name.
 */
export function sameRuleFor(family: Family, names: Names): SameRule {
  const numbers = new Map<string, number>();
  const sets: SetNumbers = {
    index(name) {
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return number;
    },
    name: (index) => [...numbers.keys()][index],
  };
  const context = contextOf(family, names, sets);
  return (a, b) => {
    if (sameRule(a, b)) return true;
    try {
      return sameBytes(ruleBytes(a, context), ruleBytes(b, context), family);
    } catch (error) {
      // A rule that no kernel could hold is refused when it is written; until then it is like itself alone.
      if (isRampartError(error, "invalid-value")) return false;
      throw error;
    }
  };
}
