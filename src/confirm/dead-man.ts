import type { Backend } from "../backends/backend.js";
import { isRampartError } from "../errors.js";
import { comment } from "../extensions/matches/comment.js";
import { icmp6 } from "../extensions/matches/icmp.js";
import { tcp } from "../extensions/matches/tcp.js";
import { time } from "../extensions/matches/time.js";
import type { Family, TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import { emptyTable, type Table } from "../model/table.js";
import type { CommitState } from "./state.js";

/** Somebody who must get in again, come what may. */
export interface DeadManPeer {
  readonly family: Family;
  /** An address or a network in CIDR notation. */
  readonly from: string;
  /** The TCP port of this host. */
  readonly port: number;
}

/** The built-in chains that packets of a TCP service of this host go through: in, and out again. */
const WAY: Readonly<Record<TableName, { readonly in: readonly string[]; readonly out: readonly string[] }>> =
  {
    raw: { in: ["PREROUTING"], out: ["OUTPUT"] },
    mangle: { in: ["PREROUTING", "INPUT"], out: ["OUTPUT", "POSTROUTING"] },
    // Replies take no way through nat; an ACCEPT here keeps the port from being redirected.
    nat: { in: ["PREROUTING", "INPUT"], out: [] },
    filter: { in: ["INPUT"], out: ["OUTPUT"] },
    security: { in: ["INPUT"], out: ["OUTPUT"] },
  };
/** Neighbours must find each other, or nothing of IPv6 works. */
const NEIGHBOURS = [135, 136] as const;

const PREFIX = "rampart:deadman:";
const nameOf = (id: string): string => `${PREFIX}${id}`;
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
/** How long after the deadline: the guard goes first, if it lives. */
const AFTER = 3_000;
/** So that a copy of the rules, saved by whatever means, is no open door for ever. */
const OPEN_FOR = 24 * 60 * 60 * 1000;

/**
 * The table with rules in front that let `peers` in again from the deadline on (`Date.now()` then), though nobody is
 * alive any more to do anything: xt_time looks at the clock, in UTC.
 */
export function withDeadMan(
  table: Table,
  peers: readonly DeadManPeer[],
  id: string,
  deadline: number,
): Table {
  const matches = [
    time({ datestart: dateOf(deadline + AFTER), datestop: dateOf(deadline + AFTER + OPEN_FOR) }),
    comment({ comment: nameOf(id) }),
  ];
  const own = peers.filter(({ family }) => family === table.family),
    ways = WAY[table.name];
  if (own.length === 0) return table;
  const neighbours: Rule[] =
    table.family === "ipv6"
      ? NEIGHBOURS.map((icmpv6Type) => ({
          protocol: "ipv6-icmp",
          matches: [icmp6({ icmpv6Type }), ...matches],
          jump: "ACCEPT",
        }))
      : [];
  const coming: Rule[] = own.map(({ from, port }) => ({
    source: from,
    protocol: "tcp",
    matches: [tcp({ dport: port }), ...matches],
    jump: "ACCEPT",
  }));
  const going: Rule[] = own.map(({ from, port }) => ({
    destination: from,
    protocol: "tcp",
    matches: [tcp({ sport: port }), ...matches],
    jump: "ACCEPT",
  }));
  return table.edit((draft) => {
    for (const chain of ways.in) draft.insert(chain, 1, [...coming, ...neighbours]);
    for (const chain of ways.out) draft.insert(chain, 1, [...going, ...neighbours]);
  });
}

const isDeadMan = (rule: Rule, id: string | undefined): boolean =>
  rule.matches?.some(({ name, options }) => {
    const text = name === "comment" ? options.comment : undefined;
    return typeof text === "string" && (id === undefined ? text.startsWith(PREFIX) : text === nameOf(id));
  }) ?? false;

/** They stand in front; but others may have put rules before them meanwhile. */
const DEPTH = 500;
/** The table without such rules, of one change or of all; itself where it has none. */
export function withoutDeadMan(table: Table, id?: string): Table {
  const ways = WAY[table.name],
    found: { readonly chain: string; readonly number: number }[] = [];
  for (const chain of [...ways.in, ...ways.out]) {
    const rules = table.rules(chain);
    // From behind, so that the numbers stay what they are.
    for (let i = Math.min(DEPTH, rules.length) - 1; i >= 0; i--)
      if (isDeadMan(rules.at(i)!, id)) found.push({ chain, number: i + 1 });
  }
  if (found.length === 0) return table;
  return table.edit((draft) => {
    for (const { chain, number } of found) draft.delete(chain, number);
  });
}

/** Whether nf_tables knows xt_time. The kernel only tries it, in a table that hardly anybody uses. */
export async function knowsTime(backend: Backend, family: Family): Promise<boolean> {
  const rule: Rule = { matches: [time({ datestart: dateOf(Date.now()) })], jump: "ACCEPT" },
    trial = emptyTable(family, "security", { policy: undefined }).append("INPUT", rule);
  return backend.check([trial]).then(
    () => true,
    (error: unknown) => {
      if (isRampartError(error)) return false;
      throw error;
    },
  );
}

const FILE = "dead-man.json";
/** So that another process can give the rules another date. */
export const keepDeadMan = (state: CommitState, peers: readonly DeadManPeer[]): Promise<void> =>
  state.write(FILE, JSON.stringify(peers));
export async function deadManOf(state: CommitState): Promise<readonly DeadManPeer[]> {
  return JSON.parse(await state.read(FILE));
}
