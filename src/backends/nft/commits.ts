import type { Family, TableName } from "../../model/family.js";
import { isTableName, TABLE_NAMES } from "../../model/family.js";
import { netlinkStream } from "../../native/subscription.js";
import type { Namespace } from "../../native.js";
import { type Answer, attributesOf, familyOf, type Reply, replies } from "../../netlink/replies.js";
import { wholeMessages } from "../../netlink/whole-messages.js";
import { NETLINK, NLMSG_OVERRUN } from "../../netlink/wire.js";
import type { Committer } from "../backend.js";
import { FAMILY_NUMBER } from "./base-chains.js";
import { kernelError } from "./failure.js";
import { GENERATION, MESSAGE, NF_TABLES } from "./wire.js";

/** linux/netfilter/nfnetlink.h: the group that is told of every change. */
const NFNLGRP_NFTABLES = 7;
/** The first attribute of tables, chains and rules alike names the table. */
const TABLE_OF = 1;

export interface Commit {
  /** Of the family that was asked for; all of them where it is not known. */
  readonly tables: readonly TableName[];
  /** Of the rule set, after it; undefined where what happened is lost. */
  readonly generation: number | undefined;
  readonly by: Committer | undefined;
}

/**
 * Every commit to the rules of a namespace, from the moment that the promise resolves, whatever tables it was about. Where
 * the kernel had to leave some out, one that says so takes their place.
 */
export async function commitsTo(
  family: Family,
  namespace: Namespace | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<Commit>> {
  const stream = wholeMessages(netlinkStream(NETLINK.netfilter, NFNLGRP_NFTABLES, namespace, signal)),
    first = await stream.next();
  if (!first.done) for (const one of replies(first.value)) check(one);
  return commits(stream, first.done ? undefined : first.value, FAMILY_NUMBER[family]);
}

async function* commits(
  stream: AsyncGenerator<Uint8Array>,
  first: Uint8Array | undefined,
  family: number,
): AsyncGenerator<Commit> {
  let tables = new Set<TableName>(),
    last: number | undefined;
  try {
    for (let bytes = first; bytes !== undefined; ) {
      for (const one of replies(bytes)) {
        check(one);
        if (one.kind !== "answer") continue;
        if (one.type === MESSAGE.newGeneration) {
          const { generation, by } = generationOf(one),
            missed = last !== undefined && generation !== following(last);
          last = generation;
          yield missed ? LOST : { tables: [...tables], generation, by };
          tables = new Set();
        } else if (one.type === NLMSG_OVERRUN) {
          last = undefined;
          yield LOST;
          tables = new Set();
        } else if (one.type >> 8 === NF_TABLES && familyOf(one) === family) {
          const name = tableOf(one);
          if (name !== undefined && isTableName(name)) tables.add(name);
        }
      }
      const next = await stream.next();
      bytes = next.done ? undefined : next.value;
    }
  } finally {
    await stream.return(undefined);
  }
}
const LOST: Commit = { tables: TABLE_NAMES, generation: undefined, by: undefined };
/** The kernel leaves 0 out. */
const following = (generation: number): number => (generation + 1) >>> 0 || 1;

function check(one: Reply): void {
  if (one.kind === "outcome" && one.errno !== 0)
    throw kernelError(one, { operation: "listening to nf_tables", spot: {} });
}
function tableOf(answer: Answer): string | undefined {
  for (const a = attributesOf(answer); a.next(); ) if (a.type === TABLE_OF) return a.text();
  return undefined;
}
function generationOf(answer: Answer): { generation: number; by: Committer | undefined } {
  let generation = 0,
    pid: number | undefined,
    name = "";
  for (const a = attributesOf(answer); a.next(); )
    if (a.type === GENERATION.id) generation = a.be32();
    else if (a.type === GENERATION.pid) pid = a.be32();
    else if (a.type === GENERATION.name) name = a.text();
  return { generation, by: pid === undefined ? undefined : { pid, name } };
}
