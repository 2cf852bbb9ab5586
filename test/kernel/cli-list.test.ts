import { describe, expect, it } from "vitest";
import { type Listing, readListings } from "../vectors/listing.js";
import { runSteps, step } from "./cli-steps.js";
import { asListed, judgedOtherwise } from "./judge.js";

const vectors = readListings();

/**
 * Every rule of the vectors that needs nothing but the kernel, in its table, with growing counters. Without addresses that
 * /etc/hosts may name: iptables asks the resolver for names of addresses, Rampart asks nobody. And without the masks of
 * cluster that iptables prints and cannot read.
 */
function mixed(family: Listing["family"]): string {
  const tables = new Map<string, Listing[]>();
  for (const v of vectors)
    if (
      v.family === family &&
      !judgedOtherwise(v.rule) &&
      !/-j (SET|LED|SECMARK|CLUSTERIP)|-m set|-m nfacct|nodemask 0x(?!000000[0-2])|dummy0|--helper|--timeout [a-z]|-m rateest|-[sd] (::1|127)/.test(
        v.rule,
      )
    )
      tables.set(v.table, [...(tables.get(v.table) ?? []), v]);
  let n = 7;
  return [...tables]
    .map(([table, list]) => {
      const rules = list.map(({ chain, rule }) => {
        n = n > 1e14 ? 5 : n * 3;
        return `[${n}:${n * 9}] -A ${chain} ${rule}`.trimEnd();
      });
      return [`*${table}`, ":UC - [0:0]", ":empty - [0:0]", ...rules, "-A UC -j empty", "COMMIT", ""].join(
        "\n",
      );
    })
    .join("");
}
const COMBINATIONS = ["", "-n"].flatMap((a) =>
  ["", " -v"].flatMap((b) =>
    ["", " -x"].flatMap((c) => ["", " --line-numbers"].map((d) => `${a}${b}${c}${d}`)),
  ),
);
const TABLES = ["filter", "nat", "mangle", "raw", "security"];

describe.each(["ipv4", "ipv6"] as const)("rampart -L of a mixed %s table", (family) => {
  const real = family === "ipv4" ? "iptables-legacy" : "ip6tables-legacy",
    flag = family === "ipv4" ? "-4" : "-6";
  const asked = TABLES.flatMap((table) => COMBINATIONS.map((switches) => `-t ${table} -L ${switches}`));
  const steps = asked.flatMap((words) => [step(real, words), step("rampart", `${flag} ${words}`)]);
  const [loaded, ...results] = runSteps([step(`${real}-restore`, "-c", mixed(family)), ...steps]);
  it("loads", () => {
    // It warns of `-i eth/0`, and loads it.
    expect(loaded, loaded!.errors).toMatchObject({ status: 0 });
  });
  it.each(asked.map((words, i) => [words, i] as const))("%s", (words, i) => {
    const theirs = results[2 * i]!,
      ours = results[2 * i + 1]!;
    expect(ours.errors).toBe("");
    // It prints a NUL behind every program of bpf.
    const output = theirs.output.replaceAll("\0", "");
    const wanted = words.split(" ").includes("-n") ? asListed(output) : output;
    expect(ours.output.split("\n")).toEqual(wanted.split("\n"));
  });
});
