import { describe, expect, it } from "vitest";
import { tableOverview } from "../../../src/cli/overview.js";
import { emptyTable, parseRule, type Table } from "../../../src/index.js";

const rule = (text: string, packets = 0, bytes = 0) => ({
  ...parseRule(text, { chains: ["banned"] }),
  counters: { packets, bytes },
});
const table: Table = emptyTable("ipv4", "filter").edit((draft) => {
  draft.newChain("banned");
  draft.newChain("idle");
  draft.policy("INPUT", "DROP", { packets: 3, bytes: 180 });
  draft.policy("FORWARD", "DROP");
  draft.append("INPUT", [
    rule("-i lo -j ACCEPT", 1234567, 89),
    rule("-p tcp ! -s 192.0.2.0/24 -m multiport --dports 80,443 -j ACCEPT"),
    rule("-p 47 -f -g banned"),
  ]);
  draft.append("banned", [
    rule('-m comment --comment "one two three four five six seven" -j REJECT', 7, 420),
  ]);
});
const overview = (options: { exact?: boolean; width?: number; chains?: string[] } = {}): string =>
  [
    ...tableOverview(
      table,
      options.chains ?? table.chains,
      { names: {}, exact: options.exact ?? false },
      { paint: (_, text) => text, width: options.width },
    ),
  ].join("");

describe("an overview", () => {
  it("has a line a rule, only columns that say something, and the policy at the end", () => {
    expect(overview()).toBe(`IPv4, table filter

INPUT
#   pkts  bytes  target  prot  in  source
1  1235K     89  ACCEPT        lo
2      0      0  ACCEPT  tcp       !192.0.2.0/24  multiport dports 80,443
3      0      0  banned  47                       fragment [goto]
       3    180  DROP                             every other packet

FORWARD: no rules, policy DROP (0 packets, 0 bytes)
OUTPUT: no rules, policy ACCEPT (0 packets, 0 bytes)

banned, 1 reference
#  pkts  bytes  target
1     7    420  REJECT  /* one two three four five six seven */ reject-with icmp-port-unreachable

idle: no rules, 0 references
`);
  });
  it("shows counters to the last digit on demand", () => {
    expect(overview({ exact: true, chains: ["INPUT"] })).toContain("1  1234567     89  ACCEPT");
  });
  it("wraps the last column to the terminal, where that has room for it", () => {
    expect(overview({ width: 60, chains: ["banned"] })).toContain(`
1     7    420  REJECT  /* one two three four five six seven
                        */ reject-with icmp-port-unreachable
`);
    expect(overview({ width: 40, chains: ["banned"] })).toBe(overview({ chains: ["banned"] }));
  });
  it("paints words, and no blanks at the ends of lines", () => {
    const paint = (style: unknown, text: string) => `<${String(style)}>${text}</>`;
    const lines = [...tableOverview(table, ["INPUT"], { names: {}, exact: false }, { paint })]
      .join("")
      .split("\n");
    expect(lines[3]).toMatch(/^<dim>#<\/> {2}<dim> pkts<\/> .* <dim>source<\/>$/);
    expect(lines[4]).toBe("<dim>1</>  1235K     89  <green>ACCEPT</>        lo");
    expect(lines[6]).toContain("<dim>    0</>  <dim>    0</>  <cyan>banned</>");
    expect(lines[7]).toMatch(/<red>DROP {2}<\/> .*<dim>every other packet<\/>$/);
  });
});
