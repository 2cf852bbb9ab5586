import { RampartError } from "../errors.js";
import type { Context } from "../extensions/extension.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import { DEFAULT_PROFILE } from "../model/profile.js";
import type { Need } from "./kernel-objects.js";
import type { SetNumbers } from "./set-numbers.js";

/** What bytes mean in one family and one network namespace. `need`: where rules go to its kernel. */
export const contextOf = (family: Family, names: Names, sets: SetNumbers, need?: Need): Context => ({
  need,
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
