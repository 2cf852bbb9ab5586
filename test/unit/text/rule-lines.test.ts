import { describe, expect, it } from "vitest";
import { lineOfRule } from "../../../src/text/rule-lines.js";
import { parseRules } from "../../../src/text/rules-file.js";

const TEXT = `*filter
:INPUT ACCEPT [0:0]
:a - [0:0]
-A INPUT -s 192.0.2.1 -j DROP
-A a -j DROP
-A INPUT -s 192.0.2.2,192.0.2.3 -j DROP
-I INPUT -j ACCEPT
-R INPUT 2 -j RETURN
-D a 1
-A a -j ACCEPT
COMMIT
*nat
-A INPUT -j ACCEPT
COMMIT
`;
const lines = (text: string, chain: string, before = 0): (number | undefined)[] => {
  const { tables } = parseRules(text, { chains: () => ["a", "INPUT"] });
  const all = Array.from({ length: 7 }, (_, i) =>
    lineOfRule(tables, { table: "filter", chain, ruleNumber: i + 1 }, () => before),
  );
  return all;
};

describe("the line of a rule", () => {
  it("is found through inserts, replacements, deletions and lists of addresses", () => {
    expect(lines(TEXT, "INPUT")).toEqual([7, 8, 6, 6, undefined, undefined, undefined]);
    expect(lines(TEXT, "a")[0]).toBe(10);
  });
  it("is none for what was there before", () => {
    const text = "*filter\n-A INPUT -j DROP\n-I INPUT 2 -j ACCEPT\nCOMMIT\n";
    expect(lines(text, "INPUT", 3)).toEqual([undefined, 3, undefined, undefined, 2, undefined, undefined]);
  });
  it("follows a chain to its new name, and is forgotten with a flush", () => {
    const text = "*filter\n-N b\n-A b -j DROP\n-E b c\n-A INPUT -j DROP\n-F INPUT\nCOMMIT\n";
    expect([lines(text, "c")[0], lines(text, "b")[0], lines(text, "INPUT")[0]]).toEqual([
      3,
      undefined,
      undefined,
    ]);
  });
  it("is not guessed where rules are deleted by their words", () => {
    expect(lines("*filter\n-A INPUT -j DROP\n-D INPUT -j DROP\nCOMMIT\n", "INPUT")[0]).toBeUndefined();
  });
});
