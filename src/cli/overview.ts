import { type Family, type ListingNames, listCounters, ruleColumns, type Table } from "../index.js";
import { type Cell, type Column, inColumns, type Layout } from "./columns.js";
import type { Style } from "./io.js";

export const familyTitle = (family: Family, { paint }: Layout): string =>
  paint("bold", family === "ipv4" ? "IPv4" : "IPv6");
const COLUMNS: readonly Column[] = [
  { title: "#", right: true },
  { title: "pkts", right: true },
  { title: "bytes", right: true },
  { title: "target" },
  { title: "prot" },
  { title: "in" },
  { title: "out" },
  { title: "source" },
  { title: "destination" },
  { title: "" },
];
const STYLES: Readonly<Record<string, Style>> = { ACCEPT: "green", DROP: "red", REJECT: "red" };

export interface OverviewOptions {
  readonly names: ListingNames;
  /** Counters to the last digit. */
  readonly exact: boolean;
}
/** The table for people: its chains under their names, each with its rules in columns and what becomes of the rest. */
export function* tableOverview(
  table: Table,
  chains: readonly string[],
  options: OverviewOptions,
  layout: Layout,
): Generator<string> {
  yield `${familyTitle(table.family, layout)}, table ${table.name}\n`;
  // Chains without rules are a line each, and stand together.
  let apart = true;
  for (const chain of chains) {
    const ruled = table.rules(chain).length > 0;
    if (ruled || apart) yield "\n";
    yield chainText(table, chain, options, layout);
    apart = ruled;
  }
}

function chainText(table: Table, chain: string, options: OverviewOptions, layout: Layout): string {
  const policy = table.policyOf(chain),
    rules = table.rules(chain),
    heading = layout.paint("bold", chain),
    [packets, bytes] = listCounters(table.countersOf(chain), options.exact);
  const references = table.references(chain),
    used = `${references} ${references === 1 ? "reference" : "references"}`;
  if (rules.length === 0) {
    const end = policy === undefined ? used : `policy ${policy} (${packets} packets, ${bytes} bytes)`;
    return `${heading}: no rules, ${end}\n`;
  }
  const rows: Cell[][] = [];
  let n = 0;
  for (const rule of rules) {
    const told = ruleColumns(rule, table.family, options);
    const { target, protocol, inInterface, outInterface, source, destination, more } = told;
    const rest = [protocol, inInterface, outInterface, source, destination, more];
    rows.push([...counted(`${++n}`, told.packets, told.bytes, target), ...rest.map((text) => ({ text }))]);
  }
  if (policy !== undefined) {
    const rest = ["", "", "", "", ""].map((text) => ({ text }));
    rows.push([
      ...counted("", packets, bytes, policy),
      ...rest,
      { text: "every other packet", style: "dim" },
    ]);
  }
  const head = policy === undefined ? `${heading}, ${used}` : heading;
  return [`${head}\n`, ...inColumns(COLUMNS, rows, layout)].join("");
}

function counted(number: string, packets: string, bytes: string, target: string): Cell[] {
  const style = packets === "0" ? "dim" : undefined;
  return [
    { text: number, style: "dim" },
    { text: packets, style },
    { text: bytes, style },
    { text: target, style: STYLES[target] ?? "cyan" },
  ];
}
