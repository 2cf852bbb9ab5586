import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { BUILT_IN_CHAINS, type Family, type TableName } from "../../../src/model/family.js";
import type { Rule } from "../../../src/model/rule.js";
import { AppendReader } from "../../../src/text/append-line.js";
import { type LineScope, parseCommand } from "../../../src/text/command-parser.js";
import { extensionsIn } from "../../vectors/conformance.js";
import { familyOf, readVectors, USER_CHAIN } from "../../vectors/iptables.js";
import { NAMES } from "../../vectors/names.js";

const scopeOf = (family: Family, table: TableName): LineScope => ({
  family,
  table,
  names: NAMES,
  chains: new Set([...BUILT_IN_CHAINS[table], USER_CHAIN]),
});
const generally = (line: string, scope: LineScope): readonly Rule[] | undefined => {
  try {
    const command = parseCommand({ number: 1, text: line }, 0, scope, undefined);
    return command?.command === "append" ? command.rules : undefined;
  } catch (error) {
    if (isRampartError(error, "syntax")) return undefined;
    throw error;
  }
};
const fast = (line: string, scope: LineScope): Rule | undefined =>
  new AppendReader(line, scope).read(0, line.length, undefined);

const saved = readVectors()
  .filter((vector) => vector.saved !== undefined && extensionsIn(vector).missing.length === 0)
  .map((vector) => ({ line: vector.saved!, scope: scopeOf(familyOf(vector), vector.table) }));

describe("the fast reader", () => {
  it("reads what iptables-save writes as the general parser does", () => {
    let read = 0;
    for (const { line, scope } of saved) {
      const rule = fast(line, scope);
      if (!rule) continue;
      read++;
      expect([rule], line).toEqual(generally(line, scope));
    }
    // Fragments, masks with holes, rules without anything: the general parser is for them.
    expect(read / saved.length).toBeGreaterThan(0.95);
  });

  it("never reads a line in another way than the general parser, however it is mangled", () => {
    const words = [...new Set(saved.flatMap(({ line }) => line.split(" ")))];
    const word = fc.constantFrom(...words, "!", "-m", "-j", "-g", "-s", "-p", "-i", "", '"', "--dport", "\t");
    const mangled = fc
      .record({
        from: fc.constantFrom(...saved),
        cuts: fc.array(fc.tuple(fc.nat(12), fc.nat(2), fc.array(word, { maxLength: 2 })), {
          minLength: 1,
          maxLength: 3,
        }),
      })
      .map(({ from, cuts }) => {
        const line = from.line.split(" ");
        for (const [at, count, put] of cuts) line.splice(2 + at, count, ...put);
        return { line: line.join(" ").trimEnd(), scope: from.scope };
      });
    fc.assert(
      fc.property(mangled, ({ line, scope }) => {
        const rule = fast(line, scope);
        if (rule) expect([rule], line).toEqual(generally(line, scope));
      }),
      { numRuns: 4000 },
    );
  });

  it.each([
    ["-A OUTPUT -i eth0 -j DROP", "an interface where there is none"],
    ["-A INPUT -s 10.0.0.1/8 -j DROP", "host bits"],
    ["-A INPUT -s 010.0.0.1/32 -j DROP", "octal"],
    ["-A INPUT -s 256.0.0.1/32 -j DROP", "an octet too large"],
    ["-A INPUT -s 1.2.3.4/33 -j DROP", "a prefix too long"],
    ["-A INPUT -s 1.2.3.4/32 -s 1.2.3.5/32 -j DROP", "twice the same"],
    ["-A INPUT -j NOSUCH", "no such chain"],
    ["-A NOSUCH -j DROP", "no such chain either"],
    ["-A INPUT -p tcp -m tcp --dport 22 -p udp -j DROP", "two protocols"],
    ["-A INPUT", "no rule at all"],
    ["-A INPUT -j LOG --log-prefix -m comment --comment x", "an option's value that looks like one"],
  ])("leaves %s to the general parser", (line) => {
    expect(fast(line, scopeOf("ipv4", "filter"))).toBeUndefined();
  });

  it("gives the same part for the same words, from the second time on", () => {
    const line = "-A INPUT -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT";
    const reader = new AppendReader(`${line}\n${line}\n${line}`, scopeOf("ipv4", "filter"));
    const [, second, third] = [0, 1, 2].map((n) =>
      reader.read(n * (line.length + 1), n * (line.length + 1) + line.length, undefined),
    );
    expect(second?.matches).toHaveLength(2);
    expect(third?.matches?.[0]).toBe(second?.matches?.[0]);
    expect(third?.matches?.[1]).toBe(second?.matches?.[1]);
  });
});
