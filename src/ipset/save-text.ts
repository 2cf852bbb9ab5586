import type { Names } from "../model/names.js";
import { entryCodec } from "./entry.js";
import type { Listed } from "./listing.js";
import { entryList } from "./set-entries.js";
import { optionsText } from "./set-options.js";

/** A listing in the words of `ipset save`, in chunks. */
export async function* saveSets(listed: readonly Listed[], names: Names): AsyncGenerator<string> {
  for (const { info, family, elements } of listed) {
    yield `create ${info.name} ${info.type}${optionsText(info.type, info.options)}\n`;
    yield* (await entryList(elements, entryCodec(info.type, { family, names }))).lines(`add ${info.name} `);
  }
}
