import type { Context } from "../extensions/extension.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";

/** What words are read in: any name may be that of a set, until a rule is encoded. */
export const parseContext = (family: Family, names: Names): Context => ({
  family,
  names,
  setIndex: () => 0,
  setName: (index) => `#${index}`,
});
