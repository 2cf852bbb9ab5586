import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { reject, tcp } from "../../../src/extensions/index.js";
import type { Part, Rule } from "../../../src/model/rule.js";
import { emptyTable } from "../../../src/model/table.js";
import { numbered, readTable } from "./fake-source.js";

const sources = (table: ReturnType<typeof readTable>, chain = "INPUT") =>
  [...table.rules(chain)].map((rule) => rule.source);
const numbers = (...n: number[]) => n.map((i) => numbered(i).source);
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isRampartError(error)) return error.code;
    throw error;
  }
  return "none";
};

describe("edits make new tables", () => {
  const read = readTable({ INPUT: [1, 2, 3].map(numbered), web: [numbered(9)] });

  it("appends, inserts, replaces and deletes by number, and leaves the old table alone", () => {
    expect(sources(read.append("INPUT", numbered(4), numbered(5)))).toEqual(numbers(1, 2, 3, 4, 5));
    expect(sources(read.insert("INPUT", 2, numbered(7), numbered(8)))).toEqual(numbers(1, 7, 8, 2, 3));
    expect(sources(read.insert("INPUT", 4, numbered(7)))).toEqual(numbers(1, 2, 3, 7));
    expect(sources(read.replace("INPUT", 1, numbered(7)))).toEqual(numbers(7, 2, 3));
    expect(sources(read.delete("INPUT", 2))).toEqual(numbers(1, 3));
    expect(sources(read)).toEqual(numbers(1, 2, 3));
  });
  it("two tables that grew out of one do not see each other's rules", () => {
    const one = read.append("INPUT", numbered(4));
    expect(sources(one.append("INPUT", numbered(5)))).toEqual(numbers(1, 2, 3, 4, 5));
    expect(sources(one.append("INPUT", numbered(6)))).toEqual(numbers(1, 2, 3, 4, 6));
    expect(sources(one)).toEqual(numbers(1, 2, 3, 4));
  });
  it("finds and deletes the first rule that is the same, counters aside", () => {
    const twice = read.append("INPUT", { ...numbered(2), counters: { packets: 7, bytes: 9 } });
    expect(twice.find("INPUT", numbered(2))).toBe(2);
    expect(sources(twice.delete("INPUT", numbered(2)))).toEqual(numbers(1, 3, 2));
    expect(twice.check("INPUT", numbered(5))).toBe(false);
  });
  it("zeroes one rule, one chain, all", () => {
    const counted = read.append("INPUT", { ...numbered(4), counters: { packets: 1, bytes: 2 } });
    expect(counted.zero("INPUT", 4).rules("INPUT").at(3)?.counters).toEqual({ packets: 0, bytes: 0 });
    expect(counted.zero("INPUT").rules("INPUT").at(0)?.counters).toEqual({ packets: 0, bytes: 0 });
    expect(counted.zero().rules("web").at(0)?.counters).toEqual({ packets: 0, bytes: 0 });
  });
  it("keeps the caller's objects the caller's, and its own frozen", () => {
    const rule = { source: "10.0.0.1/32", matches: [], jump: "DROP" };
    const table = read.append("INPUT", rule);
    expect(Object.isFrozen(rule)).toBe(false);
    expect(Object.isFrozen(table.rules("INPUT").at(3))).toBe(true);
  });
  it("does not take a frozen rule for a rule that cannot change", () => {
    const matches: Part[] = [tcp({ dport: 80 })],
      source = { not: "10.0.0.1/32" };
    const table = read.append("INPUT", Object.freeze({ source, matches, jump: "DROP" }));
    matches.push(tcp({ sport: 5 }));
    source.not = "10.0.0.2/32";
    expect(table.rules("INPUT").at(3)).toEqual({
      source: { not: "10.0.0.1/32" },
      matches: [tcp({ dport: 80 })],
      jump: "DROP",
    });
  });
});

describe("what only looks like a rule", () => {
  const table = emptyTable("ipv4", "filter").append("INPUT", { jump: "ACCEPT" });
  it.each([
    ["an unknown field", { sourse: "10.0.0.1/32", jump: "DROP" }, 'no field "sourse"'],
    ["a method's name", { toString: "x" }, 'no field "toString"'],
    ["no rule at all", null, "a rule is an object"],
    ["an address that is none", { source: 5 }, "source is a network"],
    ["a list of addresses", { source: ["10.0.0.1"] }, "source is a network"],
    ["a number for a chain", { jump: 5 }, "jump is a verdict"],
    ["a text for matches", { matches: "tcp" }, "matches is a list of matches"],
    ["a match without options", { matches: [{ name: "tcp" }] }, "matches is a list of matches"],
    ["fragment: false", { fragment: false }, "fragment is true"],
    ["less than nothing counted", { counters: { packets: -1, bytes: 0 } }, "counters is { packets, bytes }"],
    ["half a packet", { counters: { packets: 0.5, bytes: 0 } }, "counters is { packets, bytes }"],
    ["more than 64 bits", { counters: { packets: "18446744073709551616", bytes: 0 } }, "2^64 - 1"],
  ])("%s is refused, with its place", (_, rule, problem) => {
    for (const edit of [
      () => table.append("INPUT", { jump: "DROP" }, rule as Rule),
      () => table.insert("INPUT", 2, rule as Rule),
      () => table.replace("INPUT", 1, rule as Rule),
      () => table.delete("INPUT", rule as Rule),
      () => table.check("INPUT", rule as Rule),
    ]) {
      expect(codeOf(edit)).toBe("invalid-rule");
      expect(edit).toThrowError(problem);
    }
    expect(() => table.append("INPUT", { jump: "DROP" }, rule as Rule)).toThrowError(
      /\(table filter, chain INPUT, rule 3\)$/,
    );
  });
  it("what JSON makes of a rule is one", () => {
    const rule: Rule = { source: { not: "10.0.0.1/32" }, matches: [tcp({ dport: 80 })], jump: reject() };
    const read = JSON.parse(
      JSON.stringify({ ...rule, counters: { packets: "18446744073709551615", bytes: 5 } }),
    );
    expect(table.append("INPUT", read).check("INPUT", rule)).toBe(true);
  });
  it("policy counters that are none are refused", () => {
    expect(codeOf(() => table.policy("INPUT", "DROP", { packets: -1, bytes: 0 }))).toBe("invalid-value");
  });
});

describe("chains", () => {
  const read = readTable({
    INPUT: [{ jump: "web" }, { goto: "web" }, numbered(1)],
    web: [numbered(9)],
    a: [],
  });

  it("lists built-in chains in hook order, then user chains by their bytes", () => {
    const table = read.newChain("Z").newChain("é").newChain("a1");
    expect(table.chains).toEqual(["INPUT", "FORWARD", "OUTPUT", "Z", "a", "a1", "web", "é"]);
  });
  it("rules follow a chain that is renamed, those read and those new", () => {
    const table = read
      .append("OUTPUT", { jump: "web" })
      .renameChain("web", "www")
      .renameChain("www", "sites");
    expect([...table.rules("INPUT")].slice(0, 2).map((r) => r.jump ?? r.goto)).toEqual(["sites", "sites"]);
    expect(table.rules("OUTPUT").at(0)?.jump).toBe("sites");
    expect(table.references("sites")).toBe(3);
    expect(table.find("INPUT", { goto: "sites" })).toBe(2);
  });
  it("counts references", () => {
    expect(read.references("web")).toBe(2);
    expect(read.delete("INPUT", 1).references("web")).toBe(1);
    expect(read.references("a")).toBe(0);
  });
  it("refuses, by code, what iptables refuses", () => {
    expect(codeOf(() => read.newChain("web"))).toBe("chain-exists");
    expect(codeOf(() => read.newChain("ACCEPT"))).toBe("chain-name");
    expect(codeOf(() => read.newChain("x".repeat(29)))).toBe("chain-name");
    expect(codeOf(() => read.newChain("a b"))).toBe("chain-name");
    expect(codeOf(() => read.renameChain("INPUT", "x"))).toBe("built-in-chain");
    expect(codeOf(() => read.renameChain("web", "a"))).toBe("chain-exists");
    expect(codeOf(() => read.deleteChain("web"))).toBe("chain-not-empty");
    expect(codeOf(() => read.flush("web").deleteChain("web"))).toBe("chain-in-use");
    expect(codeOf(() => read.deleteChain("OUTPUT"))).toBe("built-in-chain");
    expect(codeOf(() => read.append("nowhere", numbered(1)))).toBe("no-such-chain");
    expect(codeOf(() => read.insert("INPUT", 5, numbered(1)))).toBe("rule-number");
    expect(codeOf(() => read.insert("INPUT", 0, numbered(1)))).toBe("rule-number");
    expect(codeOf(() => read.delete("INPUT", 4))).toBe("rule-number");
    expect(codeOf(() => read.delete("INPUT", numbered(77)))).toBe("no-such-rule");
    expect(codeOf(() => read.policy("web", "DROP"))).toBe("policy");
  });
  it("deletes all user chains only when all can go", () => {
    expect(codeOf(() => read.deleteChain())).toBe("chain-not-empty");
    expect(read.flush().deleteChain().chains).toEqual(["INPUT", "FORWARD", "OUTPUT"]);
  });
});

it("is JSON-safe", () => {
  const table = emptyTable("ipv6", "raw").append("OUTPUT", { source: "::1/128", jump: "ACCEPT" });
  expect(JSON.parse(JSON.stringify(table))).toEqual({
    family: "ipv6",
    table: "raw",
    chains: [
      { chain: "PREROUTING", policy: "ACCEPT", packets: 0, bytes: 0, references: 0, rules: [] },
      {
        chain: "OUTPUT",
        policy: "ACCEPT",
        packets: 0,
        bytes: 0,
        references: 0,
        rules: [{ source: "::1/128", jump: "ACCEPT" }],
      },
    ],
  });
});
