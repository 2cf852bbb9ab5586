import { expect, it } from "vitest";
import { OwnTables } from "../../../src/backends/nft/own-tables.js";

const filter = { family: "ipv4", table: "filter" } as const,
  nat = { family: "ipv4", table: "nat" } as const;

it("a table is known until somebody else commits", () => {
  const own = new OwnTables();
  own.committed(7, 8, [filter]);
  expect([own.has(filter, 8), own.has(nat, 8), own.has(filter, 9)]).toEqual([true, false, false]);
  own.committed(8, 9, [nat]);
  expect([own.has(filter, 9), own.has(nat, 9)]).toEqual([true, true]);
  own.committed(9, 11, [nat]);
  expect([own.has(filter, 11), own.has(nat, 11), own.isEmpty]).toEqual([false, false, true]);
});
it("what was known before somebody else committed is forgotten", () => {
  const own = new OwnTables();
  own.committed(7, 8, [filter]);
  own.committed(9, 10, [nat]);
  expect([own.has(filter, 10), own.has(nat, 10)]).toEqual([false, true]);
});
it("generations count on over the end, past zero", () => {
  const own = new OwnTables();
  own.committed(0xffff_ffff, 1, [filter]);
  expect(own.has(filter, 1)).toBe(true);
});
