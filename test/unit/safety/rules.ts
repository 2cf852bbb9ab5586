import {
  applySection,
  check,
  type Endpoint,
  emptyTable,
  type HostFacts,
  parseRules,
  type SafetyReport,
  type Table,
} from "../../../src/index.js";

/** The tables of a rules file, as a fresh kernel would have them. */
export function tablesOf(text: string, family: Endpoint["family"] = "ipv4"): readonly Table[] {
  const { tables } = parseRules(text, { family });
  return tables.map((section) => applySection(section, emptyTable(family, section.table, {}), { text }));
}
/** A filter table of such rules, behind such policies. */
export const filter = (rules: string, policies = ":INPUT DROP\n:OUTPUT ACCEPT"): string =>
  `*filter\n${policies}\n${rules}\nCOMMIT\n`;

export const ADMIN = "203.0.113.7";
export const endpoint = (more: Partial<Endpoint> = {}): Endpoint => ({
  family: "ipv4",
  protocol: "tcp",
  port: 22,
  from: ADMIN,
  interfaces: ["eth0"],
  provenance: [],
  ...more,
});
export const judge = (
  text: string,
  more: Partial<Endpoint> = {},
  facts: HostFacts = {},
): Promise<SafetyReport> => check(tablesOf(text, more.family), [endpoint(more)], { facts });
