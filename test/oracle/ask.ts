import { type Family, TABLE_NAMES, type TableName } from "../../src/model/family.js";
import { USER_CHAIN } from "../vectors/iptables.js";
import type { ForkServer, Run, RunOptions } from "./fork-server.js";
import { rulesGot, rulesSent } from "./table-blob.js";

/** A rule as somebody types it behind `iptables -t TABLE -A CHAIN`. */
export interface Question {
  readonly family: 4 | 6;
  readonly table: TableName;
  readonly chain: string;
  readonly argv: readonly string[];
}
export const familyOf = ({ family }: Pick<Question, "family">): Family => (family === 4 ? "ipv4" : "ipv6");
export const programOf = ({ family }: Pick<Question, "family">, suffix = ""): string =>
  `${family === 4 ? "iptables" : "ip6tables"}-legacy${suffix}`;

/** Who said no: the program while it read the words, or the kernel. */
export const stageOf = ({ status }: Run): "parse" | "kernel" | null =>
  status === 0 ? null : status === 2 || status === 3 || status > 128 ? "parse" : "kernel";
export const linesOf = (saved: string, chain: string): readonly string[] =>
  saved.split("\n").filter((line) => line.startsWith(`-A ${chain} `) || line === `-A ${chain}`);

/** Everything that iptables has to say to one rule. */
export interface Said {
  readonly added: Run;
  readonly stage: "parse" | "kernel" | null;
  /** What was sent, a rule each, also where the kernel then refused it. */
  readonly sent: readonly Buffer[];
  /** The same as the kernel gives it back. */
  readonly kept: readonly Buffer[];
  /** What iptables-save prints; of what the kernel refused, what it would print. */
  readonly saved: readonly string[];
}

/** Empties the tables, and makes the chain to which rules jump. */
export async function prepare(server: ForkServer, family: 4 | 6): Promise<void> {
  const input = TABLE_NAMES.map((table) => `*${table}\n:${USER_CHAIN} - [0:0]\nCOMMIT\n`).join("");
  const { status, stderr } = await server.run([programOf({ family }, "-restore")], { input });
  if (status !== 0) throw new Error(`the tables could not be made ready: ${stderr}`);
}

/** Appends the rule, and reads it in every way. `options.dry` leaves the kernel out. It stays in its table. */
export async function ask(server: ForkServer, question: Question, options: RunOptions = {}): Promise<Said> {
  const { table, chain, argv } = question,
    family = familyOf(question);
  const added = await server.run([programOf(question), "-t", table, "-A", chain, ...argv], options),
    stage = stageOf(added),
    replace = added.sent.at(-1);
  if (!replace) return { added, stage, sent: [], kept: [], saved: [] };
  const held = stage === null && options.dry !== true;
  const read = await server.run([programOf(question, "-save"), "-t", table], held ? {} : { play: replace }),
    entries = read.got.at(-1);
  return {
    added,
    stage,
    sent: rulesSent(replace, chain, family),
    kept: held && entries ? rulesGot(entries, replace, chain, family) : [],
    saved: linesOf(read.stdout, chain),
  };
}
