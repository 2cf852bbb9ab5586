import type { Context } from "../extensions/extension.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import { type ProfileName, profileOf } from "../model/profile.js";

/** What words are read in: any name may be that of a set, until a rule is encoded. */
export const parseContext = (family: Family, names: Names, profile?: ProfileName): Context => ({
  family,
  names,
  profile: profileOf(profile),
  setIndex: () => 0,
  setName: (index) => `#${index}`,
});
