import type { Names } from "../model/names.js";
import { entryCodec } from "./entry.js";
import type { Listed } from "./listing.js";
import { entryList } from "./set-entries.js";
import { optionsText } from "./set-options.js";

/** Listings as `ipset list` prints them for people, in chunks; without members as its `-terse` does. */
export async function* describeSets(
  listed: readonly Listed[],
  members: boolean,
  names: Names,
): AsyncGenerator<string> {
  let gap = "";
  for (const { info, family, elements } of listed) {
    const { name, type, revision, options, memsize, references } = info;
    yield `${gap}Name: ${name}
Type: ${type}
Revision: ${revision}
Header:${optionsText(type, options)}
Size in memory: ${memsize}
References: ${references}
Number of entries: ${info.elements}
${members ? "Members:\n" : ""}`;
    if (members) yield* (await entryList(elements, entryCodec(type, { family, names }))).lines("");
    gap = "\n";
  }
}
