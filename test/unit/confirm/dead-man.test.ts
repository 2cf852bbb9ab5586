import { describe, expect, it } from "vitest";
import type { Backend } from "../../../src/backends/backend.js";
import { knowsTime, withDeadMan, withoutDeadMan } from "../../../src/confirm/dead-man.js";
import { emptyTable, parseRule, printRules, RampartError, TABLE_NAMES } from "../../../src/index.js";

const peers = [
  { family: "ipv4", from: "203.0.113.7", port: 22 },
  { family: "ipv6", from: "2001:db8::7", port: 2222 },
] as const;
const deadline = Date.UTC(2027, 0, 2, 3, 4, 5);
const text = (...[family, name]: Parameters<typeof emptyTable>): string =>
  printRules([withDeadMan(emptyTable(family, name), peers, "0a1b2c3d", deadline)]);

describe("dead-man rules", () => {
  it("stand on the whole way in and out again, and begin after the deadline, in UTC", () => {
    const dates = "--datestart 2027-01-02T03:04:08 --datestop 2027-01-03T03:04:08";
    const filter = text("ipv4", "filter");
    expect(filter).toContain(
      `-A INPUT -s 203.0.113.7 -p tcp -m tcp --dport 22 -m time ${dates} -m comment --comment "rampart:deadman:0a1b2c3d" -j ACCEPT\n`,
    );
    expect(filter).toContain("-A OUTPUT -d 203.0.113.7 -p tcp -m tcp --sport 22 -m time");
    const chains = (name: (typeof TABLE_NAMES)[number]): string[] =>
      [...text("ipv4", name).matchAll(/^-A (\S+)/gm)].map(([, chain = ""]) => chain);
    expect(TABLE_NAMES.map(chains)).toEqual([
      ["INPUT", "OUTPUT"],
      ["PREROUTING", "INPUT"],
      ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
      ["PREROUTING", "OUTPUT"],
      ["INPUT", "OUTPUT"],
    ]);
  });
  it("of IPv6 let neighbours find each other", () => {
    const filter = text("ipv6", "filter");
    expect(filter).toContain("-A INPUT -s 2001:db8::7 -p tcp -m tcp --dport 2222");
    for (const type of [135, 136])
      for (const chain of ["INPUT", "OUTPUT"])
        expect(filter).toMatch(new RegExp(`-A ${chain} -p ipv6-icmp .*--icmpv6-type ${type} -m time`));
  });
  it("go and leave what was there, those of one change or of all", () => {
    const table = emptyTable("ipv4", "filter").append("INPUT", parseRule("-s 192.0.2.1 -j DROP")),
      once = withDeadMan(table, peers, "11111111", deadline),
      twice = withDeadMan(once, peers, "22222222", deadline);
    expect(withoutDeadMan(table)).toBe(table);
    expect(withoutDeadMan(once).toJSON()).toEqual(table.toJSON());
    expect(withoutDeadMan(twice, "22222222").toJSON()).toEqual(once.toJSON());
    expect(withoutDeadMan(twice).toJSON()).toEqual(table.toJSON());
    const others = once.insert("INPUT", 1, parseRule("-s 192.0.2.9 -j DROP"));
    expect(withoutDeadMan(others).rules("INPUT").toJSON()).toHaveLength(2);
    expect(withoutDeadMan(twice, "11111111").toJSON()).toEqual(
      withDeadMan(table, peers, "22222222", deadline).toJSON(),
    );
    expect(withDeadMan(table, [], "11111111", deadline)).toBe(table);
  });
});

it("a kernel that refuses the match has no dead-man rules; what else goes wrong is no answer", async () => {
  const thatSays = (answer: () => Promise<void>) =>
    knowsTime({ check: answer } as unknown as Backend, "ipv4");
  expect(await thatSays(() => Promise.resolve())).toBe(true);
  const refused = new RampartError("aborted", { operation: "the kernel's trial" });
  expect(await thatSays(() => Promise.reject(refused))).toBe(false);
  await expect(thatSays(() => Promise.reject(new TypeError("no")))).rejects.toThrow(TypeError);
});
