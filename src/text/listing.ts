import { kernelName, type ListingContext, listPart } from "../extensions/listing/list.js";
import { GLUED } from "../extensions/listing/words.js";
import { type Count, type Counters, ZERO_COUNTERS } from "../model/counters.js";
import type { Family } from "../model/family.js";
import type { NameList } from "../model/names.js";
import { type ProfileName, profileOf } from "../model/profile.js";
import { protocolNumber } from "../model/protocol.js";
import { isNot, type Negatable, type Part, type Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { ownName } from "./protocols.js";

/** Turns numbers into names; what is not given stays a number. */
export interface ListingNames {
  protocolName?(protocol: number): string | undefined;
  serviceName?(port: number, protocol: string): string | undefined;
  userName?(uid: number): string | undefined;
  groupName?(gid: number): string | undefined;
  /** Of a number that people name in a file of their own. */
  nameOf?(list: NameList, number: number): string | undefined;
}
/** The switches of `iptables -L`. */
export interface ListingOptions {
  /** Only this chain. Default: all. */
  readonly chain?: string;
  /** Only this rule of `chain`, without a heading; a number past the last rule lists nothing. */
  readonly number?: number;
  /** `-v`: counters and interfaces. */
  readonly verbose?: boolean;
  /** `-n`: numbers instead of names. Addresses are numbers in any case, except `anywhere`. */
  readonly numeric?: boolean;
  /** `-x`: counters to the last digit instead of in K, M, G and T. */
  readonly exact?: boolean;
  readonly lineNumbers?: boolean;
  /** The version of iptables whose columns are meant. Default `1.8.9`. */
  readonly profile?: ProfileName | undefined;
  readonly names?: ListingNames;
}

/**
 * The table as `iptables -L` prints it, column for column. One string per line, line ends included.
 *
 * @throws `no-such-chain`
 * @example for (const line of listTable(filter, { numeric: true, verbose: true })) process.stdout.write(line);
 */
export function* listTable(table: Table, options: ListingOptions = {}): Generator<string> {
  const { chain, number } = options;
  if (chain !== undefined && number !== undefined) {
    const rule = table.rules(chain).at(number - 1);
    if (rule) yield `${ruleLine(rule, number, table.family, options)}\n`;
    return;
  }
  let first = true;
  for (const name of chain === undefined ? table.chains : [chain]) {
    if (!first) yield "\n";
    first = false;
    yield `${chainHeading(table, name, options)}\n${columnHeading(options)}\n`;
    let n = 0;
    for (const rule of table.rules(name)) yield `${ruleLine(rule, ++n, table.family, options)}\n`;
  }
}

const UNITS = ["", "K", "M", "G", "T"];
/** At most five digits: past 99999, thousands; past 9999 of a unit, the next one. */
function shortCount(count: Count): [number: string, unit: string] {
  let n = BigInt(count),
    unit = 0;
  for (let limit = 99_999n; n > limit && unit < UNITS.length - 1; limit = 9_999n) {
    n = (n + 500n) / 1000n;
    unit++;
  }
  return [String(n), UNITS[unit]!];
}
/** Packets and bytes as a listing has them: to the last digit, or in K, M, G and T. */
export const listCounters = (
  { packets, bytes }: Counters,
  exact = false,
): [packets: string, bytes: string] =>
  exact ? [`${packets}`, `${bytes}`] : [shortCount(packets).join(""), shortCount(bytes).join("")];

function chainHeading(table: Table, chain: string, { verbose, exact }: ListingOptions): string {
  if (!table.isBuiltIn(chain)) return `Chain ${chain} (${table.references(chain)} references)`;
  const [packets, bytes] = listCounters(table.countersOf(chain), exact);
  const counted = verbose ? ` ${packets} packets, ${bytes} bytes` : "";
  return `Chain ${chain} (policy ${table.policyOf(chain)}${counted})`;
}

function columnHeading({ verbose = false, exact = false, lineNumbers = false }: ListingOptions): string {
  const counters = exact ? "    pkts      bytes " : " pkts bytes ";
  return [
    lineNumbers ? "num  " : "",
    verbose ? counters : "",
    "target     prot opt ",
    verbose ? "in     out     " : "",
    "source               destination         ",
  ].join("");
}

const plain = <V>(value: Negatable<V> | undefined): V | undefined =>
  value !== undefined && isNot(value) ? value.not : value;
export const mark = <V>(value: Negatable<V> | undefined): string =>
  value !== undefined && isNot(value) ? "!" : "";

export function protocolColumn(rule: Rule, { numeric = false, names, profile }: ListingOptions): string {
  // The kernel matches 16 bits, and a listing shows 8 of them: `-p mptcp`, 262, is listed as tcp.
  const number = protocolNumber(plain(rule.protocol) ?? 0) & 0xff,
    wording = profileOf(profile);
  if (numeric && wording.numericProtocols) return `${number}`;
  if (number === 0) return "all";
  return ownName(number, wording) ?? (numeric ? undefined : names?.protocolName?.(number)) ?? `${number}`;
}
export function address(value: Negatable<string> | undefined, family: Family, numeric: boolean): string {
  const nothing = family === "ipv4" ? "0.0.0.0/0" : "::/0",
    text = plain(value) ?? nothing;
  const any = family === "ipv4" ? text === nothing : text.startsWith("::/");
  const shown = any && !numeric ? "anywhere" : text.replace(family === "ipv4" ? /\/32$/ : /\/128$/, "");
  return `${mark(value) || " "}${shown.padEnd(19)} `;
}
export const device = (value: Negatable<string> | undefined, any: string): string =>
  `${mark(value)}${plain(value) ?? any}`.padEnd(6);

export const targetName = ({ goto, jump }: Rule): string =>
  goto ?? (typeof jump === "object" ? kernelName("target", jump) : jump) ?? "";
const fragmentMark = ({ fragment }: Rule): string =>
  fragment === undefined ? "--" : isNot(fragment) ? "!f" : "-f";

function ruleLine(rule: Rule, number: number, family: Family, options: ListingOptions): string {
  const { verbose = false, numeric = false, exact = false, lineNumbers = false } = options;
  const [packets, bytes] = listCounters(rule.counters ?? ZERO_COUNTERS, exact),
    width = exact ? 8 : 5,
    any = numeric ? "*" : "any";
  return [
    lineNumbers ? `${String(number).padEnd(4)} ` : "",
    verbose ? `${packets.padStart(width)} ${bytes.padStart(width)} ` : "",
    `${targetName(rule).padEnd(9)} ${mark(rule.protocol) || " "}${protocolColumn(rule, options).padEnd(4)} ${fragmentMark(rule)} `,
    verbose ? ` ${device(rule.inInterface, any)} ${device(rule.outInterface, any)} ` : "",
    address(rule.source, family, numeric),
    address(rule.destination, family, numeric),
    rule.goto === undefined ? "" : "[goto] ",
    extensions(rule, family, options),
  ].join("");
}

/**
 * The rule in one line, as `iptables -v -A` and the other commands that change rules repeat it.
 *
 * @example describeRule(rule, "ipv4") // "DROP  all opt -- in * out *  192.0.2.1  -> 0.0.0.0/0  "
 */
export function describeRule(rule: Rule, family: Family): string {
  const numeric = true,
    bare = (value: Negatable<string> | undefined): string =>
      address(value, family, numeric).slice(1).trimEnd(),
    named = (value: Negatable<string> | undefined): string => device(value, "*").trimEnd();
  return [
    `${targetName(rule)} ${mark(rule.protocol) || " "}${protocolColumn(rule, {})} opt ${fragmentMark(rule)} `,
    `in ${named(rule.inInterface)} out ${named(rule.outInterface)} `,
    `${mark(rule.source) || " "}${bare(rule.source)} ${mark(rule.destination) || " "}-> ${bare(rule.destination)}  `,
    rule.goto === undefined ? "" : "[goto] ",
    extensions(rule, family, { numeric }),
  ].join("");
}

export function extensions(
  rule: Rule,
  family: Family,
  { numeric = false, names = {} }: ListingOptions,
): string {
  const protocol = plain(rule.protocol);
  const context: ListingContext = {
    family,
    numeric,
    protocol: typeof protocol === "number" ? names.protocolName?.(protocol) : protocol,
    serviceName: (port, name) => names.serviceName?.(port, name),
    userName: (uid) => names.userName?.(uid),
    groupName: (gid) => names.groupName?.(gid),
    nameOf: (list, number) => names.nameOf?.(list, number),
  };
  const said = (kind: "match" | "target", part: Part): string => {
    const text = listPart(kind, part, context);
    if (text.startsWith(GLUED)) return text.slice(GLUED.length);
    return text === "" ? "" : ` ${text}`;
  };
  return [
    ...(rule.matches ?? []).map((part) => said("match", part)),
    typeof rule.jump === "object" ? said("target", rule.jump) : "",
  ].join("");
}
