import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { ENTRY_SIZE } from "../../../src/extensions/entry.js";
import type { RuleSeries } from "../../../src/extensions/series.js";
import { BUILT_IN_CHAINS, type Family, type TableName } from "../../../src/model/family.js";
import type { Rule } from "../../../src/model/rule.js";
import { parseCommand } from "../../../src/text/command-parser.js";
import { replaceFrom, type TableReceiver } from "../../../src/text/replacing.js";
import { encodeRule, extensionsIn } from "../../vectors/conformance.js";
import { contextOf, familyOf, readVectors, USER_CHAIN } from "../../vectors/iptables.js";
import { NAMES } from "../../vectors/names.js";

interface Scope {
  readonly family: Family;
  readonly table: TableName;
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Takes rules as bytes, and notes which of them came by a series. */
class Recorder implements TableReceiver {
  readonly entries: string[] = [];
  bySeries = 0;
  readonly #family: Family;
  constructor(family: Family) {
    this.#family = family;
  }
  chain(): void {}
  rule(_: string, rule: Rule): void {
    this.entries.push(hex(encodeRule(rule, contextOf(this.#family))));
  }
  series(chain: string, rule: Rule): RuleSeries {
    this.rule(chain, rule);
    const bytes = encodeRule(rule, contextOf(this.#family)),
      view = new DataView(bytes.buffer),
      parts: number[] = [];
    for (let at = ENTRY_SIZE[this.#family]; at < bytes.length; at += view.getUint16(at, true)) parts.push(at);
    const append = (): void => {
      this.bySeries++;
      this.entries.push(hex(bytes));
    };
    return { bytes, parts, append };
  }
}
/** The entries that a file of these lines makes, or that it is refused. */
async function read(lines: readonly string[], { family, table }: Scope, counters = false) {
  const recorder = new Recorder(family),
    text = [`*${table}`, `:${USER_CHAIN} - [0:0]`, ...lines, "COMMIT", ""].join("\n");
  try {
    await replaceFrom(text, { family, names: NAMES, counters }, () => recorder);
    return recorder;
  } catch (error) {
    return refused(error);
  }
}
const refused = (error: unknown): undefined => {
  if (!isRampartError(error, "syntax") && !isRampartError(error, "invalid-value")) throw error;
};
function generally(lines: readonly string[], { family, table }: Scope): readonly string[] | undefined {
  const scope = { family, table, names: NAMES, chains: new Set([...BUILT_IN_CHAINS[table], USER_CHAIN]) };
  try {
    return lines.flatMap((text) => {
      const command = parseCommand({ number: 1, text }, 0, scope, undefined);
      if (command?.command !== "append") return [];
      return command.rules.map((rule) => hex(encodeRule(rule, contextOf(family))));
    });
  } catch (error) {
    return refused(error);
  }
}

const saved = readVectors()
  .filter((vector) => vector.saved !== undefined && extensionsIn(vector).missing.length === 0)
  .map((vector) => ({ line: vector.saved!, scope: { family: familyOf(vector), table: vector.table } }));

describe("lines that repeat others", () => {
  it("come to the same bytes, word for word the same or not", async () => {
    let times = 0;
    for (const { line, scope } of saved) {
      const result = await read([line, line, line, line], scope);
      expect(result?.entries, line).toEqual(generally([line, line, line, line], scope));
      times += result?.bySeries ?? 0;
    }
    // The third and the fourth of each, but for rules that only the general parser reads: fragments, odd masks, quotes within quotes.
    expect(times / saved.length).toBeGreaterThan(1.85);
  });

  it("never come to other bytes than by the general parser, whatever stands in their gaps", async () => {
    const number = fc.oneof(
      fc.nat(70_000).map(String),
      fc.constantFrom("0", "010", "0x1f", "1:2", "9:3", ":", "4294967295", "4294967296", "1,2,3", "5/min"),
      fc.constantFrom(
        "1.2.3.4",
        "10.0.0.0/8",
        "10.1.2.3/8",
        "1.2.3.4/0",
        "1.2.3/24",
        "256.1.1.1",
        "1.2.3.4/33",
      ),
      fc.constantFrom(
        "1.2.3.4/255.255.0.0",
        "1.2.3.4,1.2.3.5",
        "1.2.3.4/08",
        "2001:db8::/32",
        "::1/128",
        '80"x',
      ),
    );
    const quoted = fc.constantFrom(
      '""',
      '"a b"',
      '"-x"',
      '"!"',
      '"a\\"b"',
      '"ü"',
      `"${"n".repeat(300)}"`,
      '"a',
    );
    const lines = fc
      .record({
        from: fc.constantFrom(...saved.filter(({ line }) => /[ "][\d"]/.test(line))),
        words: fc.array(fc.tuple(fc.nat(20), fc.oneof(number, quoted)), { minLength: 1, maxLength: 3 }),
      })
      .map(({ from: { line, scope }, words }) => {
        const values = line.match(/(?<= )("[^"]*"|\d[^ ]*)/g) ?? [];
        let other = line;
        for (const [at, word] of words)
          other = other.replace(` ${values[at % values.length]}`, () => ` ${word}`);
        return { lines: [line, line, other, line, other], scope };
      });
    await fc.assert(
      fc.asyncProperty(lines, async ({ lines, scope }) => {
        const result = await read(lines, scope);
        expect(result?.entries, lines[2]).toEqual(generally(lines, scope));
      }),
      { numRuns: 2500 },
    );
  });

  it("are read by series where only addresses, numbers and quoted texts differ", async () => {
    const scope = { family: "ipv4", table: "filter" } as const;
    const line = (n: number) =>
      `-A INPUT -s 10.0.${n}.0/24 -p tcp -m tcp ! --dport ${n + 1} -m comment --comment "no. ${n}" -j LOG --log-prefix "${n} "`;
    const lines = Array.from({ length: 200 }, (_, n) => line(n)),
      result = await read(lines, scope);
    expect(result?.entries).toEqual(generally(lines, scope));
    expect(result?.bySeries).toBe(198);
    expect(new Set(result?.entries).size).toBe(200);
  });

  it("tell chains, targets and protocols apart", async () => {
    const scope = { family: "ipv4", table: "filter" } as const;
    const lines = ["INPUT", "OUTPUT", USER_CHAIN]
      .flatMap((chain) =>
        ["tcp", "udp"].map((protocol) => `${chain} -p ${protocol} -m ${protocol} --dport 53`),
      )
      .flatMap((rule) =>
        ["DROP", "ACCEPT", USER_CHAIN, "REJECT --reject-with icmp-port-unreachable"].map(
          (to) => `-A ${rule} -j ${to}`,
        ),
      );
    const all = [...lines, ...lines, ...lines.toReversed(), ...lines];
    const result = await read(all, scope);
    expect(result?.entries).toEqual(generally(all, scope));
    expect(result?.bySeries).toBe(2 * lines.length);
  });

  it("keep each line's counters, and none where there are none", async () => {
    const scope = { family: "ipv4", table: "filter" } as const;
    const lines = ["[1:2] ", "[3:4] ", "[5:6] ", "", "[7:18446744073709551615] ", ""].map(
      (counters, n) => `${counters}-A INPUT -s 192.0.2.${n}/32 -j DROP`,
    );
    const result = await read(lines, scope, true),
      counters = result?.entries.map((entry) => entry.slice(192, 224));
    expect(result?.bySeries).toBe(4);
    expect(counters).toEqual([
      "01000000000000000200000000000000",
      "03000000000000000400000000000000",
      "05000000000000000600000000000000",
      "0".repeat(32),
      "0700000000000000ffffffffffffffff",
      "0".repeat(32),
    ]);
    expect((await read(lines, scope))?.entries.map((entry) => entry.slice(192, 224))).toEqual(
      lines.map(() => "0".repeat(32)),
    );
  });

  it("are read alike in any alphabet, and at the borders of stretches", async () => {
    const scope = { family: "ipv4", table: "filter" } as const;
    const lines = Array.from(
      { length: 1500 },
      (_, n) => `-A INPUT -s 10.1.${n >> 8}.${n & 255}/32 -m comment --comment "łąka ${n}" -j DROP`,
    );
    const result = await read(lines, scope);
    expect(result?.entries).toEqual(generally(lines, scope));
    expect(result?.bySeries).toBe(1498);
  });

  it("name the line that is wrong", async () => {
    const lines = [22, 23, 24, 70_000].map((port) => `-A INPUT -p tcp -m tcp --dport ${port} -j DROP`),
      text = `*filter\n${lines.join("\n")}\nCOMMIT\n`;
    await expect(replaceFrom(text, { names: NAMES }, () => new Recorder("ipv4"))).rejects.toMatchObject({
      code: "syntax",
      context: { place: { line: 5, source: lines[3] } },
    });
  });
});
