import { RampartError } from "../errors.js";
import type { Context } from "../extensions/extension.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import { DEFAULT_PROFILE } from "../model/profile.js";
import type { SetNumbers } from "./set-numbers.js";

/** What bytes mean in one family and one network namespace. */
export const contextOf = (family: Family, names: Names, sets: SetNumbers): Context => ({
  family,
  names,
  profile: DEFAULT_PROFILE,
  setIndex(name) {
    const index = sets.index(name);
    if (index === undefined) throw new RampartError("no-such-set", { set: name, family });
    return index;
  },
  setName: (index) => sets.name(index) ?? `#${index}`,
});
