import { describe, expect, it } from "vitest";
import { isRampartError, parseRule } from "../../src/index.js";
import { useNamespace, withoutComments } from "./namespace.js";

const namespace = useNamespace();
const saved = (): string => withoutComments(namespace.run("iptables-legacy-save", ["-t", "filter"]));

describe("a rule that names a set", () => {
  it("holds the number that the set has in its namespace, and reads back by name", async () => {
    for (const set of ["first hash:ip", "second hash:ip,port", "third hash:ip timeout 0"])
      namespace.run("ipset", ["create", ...set.split(" ")]);
    await using firewall = await namespace.open();
    const words = [
      "-m set --match-set third src -j DROP",
      "-m set ! --match-set second dst,src -j ACCEPT",
      "-j SET --add-set third src --exist --timeout 60",
    ];
    await firewall.transaction("filter", (filter) =>
      filter.append("INPUT", ...words.map((rule) => parseRule(rule))),
    );
    for (const rule of words) expect(saved()).toContain(`-A INPUT ${rule}\n`);
    expect(withoutComments(await firewall.save({ tables: ["filter"] }))).toBe(saved());
    // Numbers go by the order of creation; a set made again under a name that was free takes what number is free.
    namespace.run("ipset", ["destroy", "first"]);
    namespace.run("ipset", ["create", "fourth", "hash:net"]);
    namespace.iptables("-A INPUT -m set --match-set fourth src -j DROP");
    expect(withoutComments(await firewall.save({ tables: ["filter"] }))).toBe(saved());
  });
  it("is refused where there is no such set, and nothing is written", async () => {
    await using firewall = await namespace.open();
    const before = saved();
    const error = await firewall
      .transaction("filter", (filter) =>
        filter.append("INPUT", parseRule("-m set --match-set nowhere src -j DROP")),
      )
      .catch((reason: unknown) => reason);
    expect(isRampartError(error, "no-such-set") && error.context.set).toBe("nowhere");
    expect(saved()).toBe(before);
  });
});
