import { isRampartError } from "../errors.js";
import type { Family } from "../model/family.js";
import type { SetContents } from "../model/set-contents.js";
import type { AnyIpSet, IpSet } from "./set.js";
import type { Sets } from "./sets.js";

/** A set with more entries is not read: the kernel is asked for addresses one by one. */
const MOST_ENTRIES = 8_192;
type AddressSet = Extract<AnyIpSet, { readonly type: "hash:ip" | "hash:net" | "bitmap:ip" }>;
const holdsAddresses = (set: AnyIpSet): set is AddressSet =>
  set.type === "hash:ip" || set.type === "hash:net" || set.type === "bitmap:ip";

/**
 * What sets hold for packets of one family: all of it where that is not much, else which of the addresses. Sets that are not
 * there, or that look at more than one address, are left out.
 */
export async function setContents(
  sets: Sets,
  names: Iterable<string>,
  family: Family,
  addresses: readonly string[],
): Promise<Record<string, SetContents>> {
  const all: Record<string, SetContents> = {};
  for (const name of names) {
    const contents = await contentsOf(sets, name, family, addresses).catch((error) => {
      // Whoever may not look at sets, or asks for one that is not there, does not know it.
      if (isRampartError(error)) return undefined;
      throw error;
    });
    if (contents) all[name] = contents;
  }
  return all;
}

async function contentsOf(
  sets: Sets,
  name: string,
  family: Family,
  addresses: readonly string[],
): Promise<SetContents | undefined> {
  const set = await sets.get(name);
  if (set.type === "list:set") {
    const parts: SetContents[] = [];
    for (const { set: member } of await set.entries()) {
      const part = await contentsOf(sets, member, family, addresses);
      if (!part) return undefined;
      parts.push(part);
    }
    return together(parts, addresses);
  }
  if (!holdsAddresses(set)) return undefined;
  // It never matches packets of the other family.
  if (set.family !== family) return { members: [] };
  return (await whole(set)) ?? among(set, addresses);
}
async function whole(set: AddressSet): Promise<SetContents | undefined> {
  const { elements, options } = await set.info();
  // An entry of such a set stands for more than itself.
  if (elements > MOST_ENTRIES || "netmask" in options || "bitmask" in options) return undefined;
  const texts = [...(await set.entries()).texts()];
  // A part of a network that is taken out again.
  if (texts.some((text) => text.endsWith(" nomatch"))) return undefined;
  return { members: texts.map((text) => text.split(" ", 1)[0]!) };
}
async function among(set: AddressSet, addresses: readonly string[]): Promise<SetContents> {
  const held = await (set as IpSet).test(addresses);
  return { members: addresses.filter((_, i) => held[i]), among: addresses };
}
/** A list of sets holds what any of them holds. */
function together(parts: readonly SetContents[], addresses: readonly string[]): SetContents {
  const members = parts.flatMap((part) => part.members);
  return parts.every((part) => part.among === undefined) ? { members } : { members, among: addresses };
}
