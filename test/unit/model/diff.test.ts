import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, changes } from "../../../src/model/diff.js";
import type { Rule } from "../../../src/model/rule.js";
import { emptyTable, type Table } from "../../../src/model/table.js";
import { numbered, readTable } from "./fake-source.js";

/** What a kernel would make of the steps. */
function applied(base: Table, steps: Iterable<Change>): Record<string, (string | undefined)[]> {
  const chains = new Map(base.chains.map((name) => [name, [...base.rules(name)]]));
  for (const step of steps) {
    if (step.op === "reset") {
      for (const name of [...chains.keys()])
        base.isBuiltIn(name) ? chains.set(name, []) : chains.delete(name);
    } else if (step.op === "create") chains.set(step.chain, []);
    else if (step.op === "delete") {
      expect(chains.get(step.chain)).toEqual([]);
      chains.delete(step.chain);
    } else if (step.op === "flush") chains.set(step.chain, []);
    else if (step.op === "rename") {
      chains.set(step.to, chains.get(step.chain)!);
      chains.delete(step.chain);
    } else if (step.op === "insert") {
      const list = chains.get(step.chain)!,
        rules: Rule[] = [];
      for (let i = step.from; i < step.to; i++) rules.push(step.rules.at(i)!);
      list.splice(step.position ?? list.length, 0, ...rules);
    } else if (step.op === "remove") {
      const list = chains.get(step.chain)!;
      expect(step.position + step.count).toBeLessThanOrEqual(list.length);
      list.splice(step.position, step.count);
    }
  }
  return shape([...chains]);
}
const shape = (chains: readonly (readonly [string, readonly Rule[]])[]) =>
  Object.fromEntries(
    chains.map(([name, rules]) => [name, rules.map((rule) => JSON.stringify(rule.source ?? rule.jump))]),
  );
const shapeOf = (table: Table) => shape(table.chains.map((name) => [name, [...table.rules(name)]]));
const opsOf = (base: Table | undefined, next: Table) => [...changes(base, next)].map(({ op }) => op);

describe("the difference of two tables", () => {
  const read = readTable({ INPUT: [1, 2, 3, 4].map(numbered), web: [numbered(9)] });

  it("is nothing where nothing changed", () => {
    expect([...changes(read, read)]).toEqual([]);
    expect([...changes(read, read.append("INPUT").policy("INPUT", "ACCEPT"))]).toEqual([]);
  });
  it("touches only what was edited", () => {
    expect(opsOf(read, read.append("INPUT", numbered(5)))).toEqual(["insert"]);
    expect(opsOf(read, read.delete("INPUT", 2))).toEqual(["remove"]);
    expect(opsOf(read, read.replace("INPUT", 2, numbered(7)))).toEqual(["insert", "remove"]);
    expect(opsOf(read, read.zero("INPUT", 2))).toEqual(["counters"]);
    expect(opsOf(read, read.policy("INPUT", "DROP"))).toEqual(["policy"]);
    expect(opsOf(read, read.renameChain("web", "www"))).toEqual(["rename"]);
    expect(opsOf(read, read.flush("web").deleteChain("web"))).toEqual(["flush", "delete"]);
    expect(opsOf(read, read.newChain("x").append("INPUT", { jump: "x" }))).toEqual(["create", "insert"]);
  });
  it("replaces everything where the two have nothing in common, or a name changes hands", () => {
    expect(opsOf(undefined, emptyTable("ipv4", "filter"))[0]).toBe("reset");
    const taken = read.renameChain("web", "old").newChain("web");
    expect(opsOf(read, taken)[0]).toBe("reset");
    expect(applied(read, changes(read, taken))).toEqual(shapeOf(taken));
  });
  it("leads from the one to the other, whatever the edits", () => {
    const edit = fc.oneof(
      fc.record({ kind: fc.constant("append"), n: fc.nat(400) }),
      fc.record({
        kind: fc.constantFrom("insert", "replace", "delete", "zero", "move", "flush"),
        n: fc.nat(400),
      }),
    );
    fc.assert(
      fc.property(fc.nat(12), fc.array(edit, { maxLength: 14 }), (size, edits) => {
        const base = readTable({
          FORWARD: [numbered(300)],
          INPUT: Array.from({ length: size }, (_, i) => numbered(i)),
        });
        let next = base;
        for (const { kind, n } of edits) {
          const { length } = next.rules("INPUT"),
            at = 1 + (n % Math.max(1, length));
          if (kind === "append") next = next.append("INPUT", numbered(1000 + n));
          else if (kind === "insert") next = next.insert("INPUT", 1 + (n % (length + 1)), numbered(2000 + n));
          else if (length === 0) continue;
          else if (kind === "replace") next = next.replace("INPUT", at, numbered(3000 + n));
          else if (kind === "delete") next = next.delete("INPUT", at);
          else if (kind === "zero") next = next.zero("INPUT", at);
          else if (kind === "flush" && n % 7 === 0) next = next.flush("INPUT");
          else if (kind === "move") {
            const rule = next.rules("INPUT").at(at - 1)!;
            next = next.delete("INPUT", at);
            next = next.insert("INPUT", 1 + (n % length), rule);
          }
        }
        expect(applied(base, changes(base, next))).toEqual(shapeOf(next));
      }),
      { numRuns: 400 },
    );
  });
});
