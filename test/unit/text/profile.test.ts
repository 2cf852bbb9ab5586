import { describe, expect, it } from "vitest";
import { commandLine } from "../../../src/cli/command-line.js";
import { readRequest } from "../../../src/cli/request.js";
import { isRampartError } from "../../../src/errors.js";
import { netmap, nfqueue, tcp } from "../../../src/extensions/index.js";
import { open } from "../../../src/firewall.js";
import type { ProfileName } from "../../../src/model/profile.js";
import type { Rule } from "../../../src/model/rule.js";
import { emptyTable } from "../../../src/model/table.js";
import { listTable } from "../../../src/text/listing.js";
import { parseRule } from "../../../src/text/parse-rule.js";
import { printRule } from "../../../src/text/print-rule.js";
import { printRules } from "../../../src/text/print-table.js";
import { rulesAsCommands } from "../../../src/text/rules-as-commands.js";
import { encodeRule, extensionsIn } from "../../vectors/conformance.js";
import { contextOf, familyOf, keyOf, readVectors, USER_CHAIN, type Vector } from "../../vectors/iptables.js";
import { NAMES } from "../../vectors/names.js";

const known = (profile: ProfileName): readonly Vector[] =>
  readVectors(profile).filter(
    (vector) => extensionsIn(vector).missing.length === 0 && vector.apart === undefined,
  );
/** The rule of a saved line as bytes; undefined where not even iptables could read it back. */
function bytesOf(vector: Vector, text: string, profile?: ProfileName): string | undefined {
  const family = familyOf(vector),
    options = { family, names: NAMES, profile, chains: [USER_CHAIN] };
  try {
    const rule = parseRule(text.replace(/^-A \S+ ?/, ""), options);
    return Buffer.from(encodeRule(rule, contextOf(family))).toString("hex");
  } catch (error) {
    if (isRampartError(error)) return undefined;
    throw error;
  }
}

describe("a profile", () => {
  it("is not needed to read what 1.8.13 writes, in its sense", () => {
    const usual = new Map(readVectors().map((vector) => [keyOf(vector), vector.saved]));
    let read = 0;
    for (const vector of known("1.8.13")) {
      const { saved } = vector,
        bytes = saved && bytesOf(vector, saved);
      if (saved === undefined || bytes === undefined) continue;
      read++;
      expect(bytesOf(vector, saved, "1.8.13"), saved).toBe(bytes);
      if (saved !== usual.get(keyOf(vector)) && hasTarget(vector)) expect(bytes, saved).toBe(vector.sent);
    }
    expect(read).toBeGreaterThan(1400);
  });

  const gre: Rule = { protocol: 47, jump: "ACCEPT" },
    never: Rule = { inInterface: { not: "+" }, matches: [tcp({ dport: { not: [0, 65535] } })], jump: "DROP" };
  it("words rules wherever rules become text", async () => {
    const options = { names: NAMES, profile: "1.8.13" } as const;
    expect(printRule(gre, { names: NAMES })).toBe("-p gre -j ACCEPT");
    expect(printRule(gre, options)).toBe("-p 47 -j ACCEPT");
    expect(printRule({ protocol: 33 }, { profile: "1.8.13" })).toBe("-p dccp");
    expect(printRule({ protocol: 108 }, { profile: "1.8.13" })).toBe("-p ipcomp");
    expect(printRule(never)).toBe("-m tcp -j DROP");
    expect(printRule(never, options)).toBe("! -i + -m tcp ! --dport 0:65535 -j DROP");
    await using firewall = await open({ backend: "memory", names: NAMES });
    await firewall.transaction("filter", (filter) => filter.append("INPUT", gre));
    expect(await firewall.save({ profile: "1.8.13" })).toContain("-A INPUT -p 47 -j ACCEPT\n");
    expect(await firewall.save()).toContain("-A INPUT -p gre -j ACCEPT\n");
    const filter = await firewall.read("filter");
    expect(printRules([filter], options)).toContain("-A INPUT -p 47 -j ACCEPT\n");
    expect([...rulesAsCommands(filter, { ...options, chain: "INPUT" })].at(-1)).toBe(
      "-A INPUT -p 47 -j ACCEPT\n",
    );
  });
  it("does not keep one version's text for another", () => {
    const rule = parseRule("-p tcp ! --dport 0:65535");
    for (let i = 0; i < 3; i++) {
      expect(printRule(rule)).toBe("-p tcp -m tcp");
      expect(printRule(rule, { profile: "1.8.13" })).toBe("-p tcp -m tcp ! --dport 0:65535");
    }
  });
  it("reads as that version reads", async () => {
    const later = { profile: "1.8.13" } as const;
    const icmp6 = "-p icmpv6 --icmpv6-type mld-listener-report";
    expect(() => parseRule(icmp6, { family: "ipv6" })).toThrow(/unknown ICMP type/);
    expect(printRule(parseRule(icmp6, { ...later, family: "ipv6" }), { family: "ipv6" })).toBe(
      "-p ipv6-icmp -m icmp6 --icmpv6-type 131",
    );
    expect(() => parseRule("-ptcp")).toThrow(/unknown option/);
    expect(parseRule("-ptcp", later)).toEqual({ protocol: "tcp" });
    for (const text of ["-m length --length 9:5", "-p esp --espspi 9:5", "-m conntrack --ctproto 0"]) {
      expect(() => parseRule(text, later), text).toThrow();
      expect(() => parseRule(text), text).not.toThrow();
    }
    await using firewall = await open({ backend: "memory" });
    await firewall.restore("*filter\n-A INPUT -ptcp -jDROP\nCOMMIT\n", later);
    await expect(firewall.restore("*filter\n-A INPUT -ptcp -jDROP\nCOMMIT\n")).rejects.toThrow(
      /blank behind/,
    );
  });
  it("leaves values made by hand as they are", () => {
    const holes = netmap({ to: "192.0.2.5/255.255.0.255" });
    expect(holes.options).toEqual({ to: "192.0.0.5/255.255.0.255" });
    expect(printRule({ jump: holes })).toBe("-j NETMAP --to 192.0.0.5/255.255.0.255");
    expect(printRule({ jump: nfqueue({ queueBalance: [0, 65535] }) }, { profile: "1.8.13" })).toBe(
      "-j NFQUEUE --queue-balance 0:65535",
    );
  });
  it("lists protocols by the names that iptables itself has, -n or not; 1.8.9 says numbers with -n", () => {
    const table = emptyTable("ipv4", "filter").edit((draft) => {
      for (const protocol of [undefined, 6, 33, 47, 108, 58])
        draft.append("INPUT", [protocol === undefined ? {} : { protocol }]);
    });
    const column = (options: Parameters<typeof listTable>[1]) =>
      [...listTable(table, { chain: "INPUT", ...options })]
        .slice(1)
        .map((line) => line.slice(11).split(" ")[0]);
    const named = { protocolName: (number: number) => ({ 33: "DCCP", 47: "gre" })[number] };
    expect(column({ numeric: true })).toEqual(["0", "6", "33", "47", "108", "58"]);
    expect(column({ numeric: true, profile: "1.8.13" })).toEqual([
      "all",
      "tcp",
      "dccp",
      "47",
      "ipcomp",
      "ipv6-icmp",
    ]);
    expect(column({ names: named })).toEqual(["all", "tcp", "DCCP", "gre", "108", "ipv6-icmp"]);
    expect(column({ names: named, profile: "1.8.13" })).toEqual([
      "all",
      "tcp",
      "dccp",
      "gre",
      "ipcomp",
      "ipv6-icmp",
    ]);
  });
  it("is one that there is", () => {
    const wrong = { profile: "1.8.12" as never };
    expect(() => printRule(gre, wrong)).toThrow('there is no profile "1.8.12": it is 1.8.9 or 1.8.13');
    expect(() => readRequest(commandLine(["-S", "--profile", "1.8.12"]))).toThrow(
      /no version .* 1\.8\.9 and 1\.8\.13/,
    );
    expect(readRequest(commandLine(["-L", "--profile", "1.8.13"])).profile).toBe("1.8.13");
  });
  it("may be named behind the words that depend on it", () => {
    const { profile, head } = readRequest(commandLine(["-A", "INPUT", "-ptcp", "--profile", "1.8.13"]));
    expect(profile).toBe("1.8.13");
    expect(head.rule.map(({ word }) => word)).toEqual(["-p", "tcp"]);
  });
});

/** Without a target, or to a chain, the entry holds an offset that only its table tells. */
const hasTarget = ({ saved = "" }: Vector): boolean => / -j [A-Z]/.test(saved) && !saved.includes(USER_CHAIN);
