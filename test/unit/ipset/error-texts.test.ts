import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { setError } from "../../../src/ipset/failure.js";
import type { SetType } from "../../../src/ipset/set-types.js";

/** The numbers of an enum in the kernel's headers, by their names. */
function numbersIn(header: string): ReadonlyMap<string, number> {
  const text = readFileSync(`/usr/include/linux/netfilter/ipset/${header}`, "utf8").replaceAll(
      /\/\*.*?\*\//gs,
      "",
    ),
    found = new Map<string, number>([["IPSET_ERR_TYPE_SPECIFIC", 4352]]);
  for (const [, body = ""] of text.matchAll(/enum[^{]*\{([^}]*IPSET_ERR[^}]*)\}/g)) {
    let next = 0;
    for (const [, name = "", value] of body.matchAll(/^\s*(\w+)\s*(?:=\s*(\w+))?,/gm)) {
      if (value !== undefined) next = found.get(value) ?? Number(value);
      found.set(name, next++);
    }
  }
  return found;
}
/** They only bound the others. */
const NONE = ["IPSET_ERR_PRIVATE", "IPSET_ERR_TYPE_SPECIFIC"];

describe("each number that the kernel may refuse with", () => {
  it.each([
    ["ip_set.h", undefined, 18],
    ["ip_set_bitmap.h", "bitmap:ip", 2],
    ["ip_set_hash.h", "hash:ip", 6],
    ["ip_set_list.h", "list:set", 6],
  ] as const)("has its name and says what to do: %s", (header, type: SetType | undefined, least) => {
    const numbers = [...numbersIn(header)].filter(([name]) => !NONE.includes(name));
    expect(numbers.length).toBeGreaterThanOrEqual(least);
    const remedies = numbers.map(([name, errno]) => {
      const error = setError(errno, { command: "add", set: "x", type });
      expect(error.context).toMatchObject({ errno, errorName: name });
      expect(error.message).not.toContain("the kernel refuses it");
      return (error.context as { readonly remedy: string }).remedy;
    });
    expect(remedies.every((remedy) => remedy.length > 10)).toBe(true);
  });
});
