import { expect, it } from "vitest";
import { failureOf } from "../../../src/cli/failure.js";
import { RampartError } from "../../../src/index.js";

/** iptables: 3 for a table that cannot be had, whether the kernel lacks it or nobody may touch it. */
it.each([
  [new RampartError("permission", { operation: "reading", errno: 1, errorName: "EPERM", syscall: "x" }), 3],
  [new RampartError("no-such-table", { table: "x" }), 3],
  [new RampartError("lock-timeout", { path: "x", waited: 1 }), 4],
  [new RampartError("no-such-chain", { table: "x", chain: "y" }), 1],
  [new RampartError("syntax", { problem: "x" }), 2],
  [new Error("x"), 1],
])("%s ends with %i", (error, status) => {
  expect(failureOf(error).status).toBe(status);
});
it("says what to do about a rule that has no text", () => {
  const error = new RampartError("opaque", { kind: "match", name: "quota", revision: 0 });
  expect(failureOf(error).remedy).toContain("rampart -L");
});
