/** How questions reach iptables: by the hundred in a rules file where it should take them, one by one otherwise. */

import { BUILT_IN_CHAINS, TABLE_NAMES } from "../../src/model/family.js";
import { ask, familyOf, linesOf, programOf, type Question } from "../oracle/ask.js";
import type { ForkServer } from "../oracle/fork-server.js";
import { rulesGot, rulesSent, tableOf } from "../oracle/table-blob.js";
import { USER_CHAIN, type Vector } from "../vectors/iptables.js";

/** A question, and how many rules it makes as Rampart sees it; none where Rampart refuses it. */
export interface Asked extends Question {
  readonly count: number;
}
const hexOf = (entry: Buffer): string => entry.toString("hex");

/** What iptables makes of one rule, without the kernel. */
export async function askAlone(
  server: ForkServer,
  { family, table, chain, argv }: Question,
): Promise<Vector> {
  const { added, stage, sent, saved } = await ask(server, { family, table, chain, argv }, { dry: true });
  return vectorOf({ family, table, chain, argv }, sent, saved, stage ?? undefined, added.stderr);
}
function vectorOf(
  question: Question,
  sent: readonly Buffer[],
  saved: readonly string[],
  refused?: "parse" | "kernel",
  error?: string,
): Vector {
  const { family, table, chain, argv } = question,
    last = sent.at(-1),
    line = saved.at(-1);
  return {
    ...{ family, table, chain, argv },
    ...(refused && { refused, error: error ?? "" }),
    ...(last && { sent: hexOf(last) }),
    ...(line !== undefined && { saved: line }),
    ...(saved.length > 1 && { savedAll: saved }),
  };
}

const PLAIN =
  /^-([mjpsdiofg]|-(?!wai|tab|ver|num|exa|lin|mod|ipv|app|del|che|rep|ins|lis|flu|zer|new|pol|ren|set-c|hel)\w.*)$/;
/** Whether a rules file says the same as the command line: no other commands and switches, and words that it can hold. */
export const fitsFile = ({ argv }: Question): boolean =>
  argv.every((word) => (word.startsWith("-") ? PLAIN.test(word) : word !== "") && word.length < 500) &&
  argv.join(" ").length < 4000;
const quoted = (word: string): string =>
  /^[\w.,:/=+-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, "\\$&")}"`;

interface File {
  readonly text: string;
  /** The question on each line, by the line's number. */
  readonly lines: ReadonlyMap<number, Asked>;
}
function fileOf(asked: readonly Asked[]): File {
  const lines = new Map<number, Asked>(),
    text: string[] = [];
  for (const table of TABLE_NAMES) {
    const here = asked.filter((one) => one.table === table);
    if (here.length === 0) continue;
    text.push(`*${table}`, `:${USER_CHAIN} - [0:0]`);
    for (const one of here) {
      text.push(`-A ${one.chain} ${one.argv.map(quoted).join(" ")}`);
      lines.set(text.length, one);
    }
    text.push("COMMIT");
  }
  return { text: `${text.join("\n")}\n`, lines };
}

/** Asks about all of them in one file without the kernel. What the file cannot tell apart is left for `askAlone`. */
export async function askTogether(
  server: ForkServer,
  all: readonly Asked[],
): Promise<{ vectors: Vector[]; alone: Asked[]; sent: readonly Buffer[] }> {
  let asked = [...all];
  const alone: Asked[] = [],
    vectors: Vector[] = [];
  for (;;) {
    const { text, lines } = fileOf(asked);
    if (asked.length === 0) return { vectors, alone, sent: [] };
    const program = programOf(asked[0]!, "-restore"),
      { status, stderr, sent } = await server.run([program], { input: text, dry: true });
    if (status === 0) {
      for (const replace of sent) {
        const here = asked.filter(({ table }) => table === tableOf(replace)),
          told = await tellApart(server, replace, here);
        vectors.push(...told.vectors);
        alone.push(...told.alone);
      }
      return { vectors, alone, sent };
    }
    const guilty = lines.get(Number(/line:? (\d+)/.exec(stderr)?.[1]));
    if (!guilty) return { vectors, alone: [...alone, ...asked], sent: [] };
    alone.push(guilty);
    asked = asked.filter((one) => one !== guilty);
  }
}
async function tellApart(server: ForkServer, replace: Buffer, asked: readonly Asked[]) {
  const vectors: Vector[] = [],
    alone: Asked[] = [],
    first = asked[0]!;
  const save = await server.run([programOf(first, "-save"), "-t", first.table], { play: replace });
  for (const chain of BUILT_IN_CHAINS[first.table]) {
    const here = asked.filter((one) => one.chain === chain),
      sent = rulesSent(replace, chain, familyOf(first)),
      saved = linesOf(save.stdout, chain);
    const total = here.reduce((n, { count }) => n + count, 0);
    if (sent.length !== total || saved.length !== total) alone.push(...here);
    else {
      let at = 0;
      for (const one of here) {
        vectors.push(vectorOf(one, sent.slice(at, at + one.count), saved.slice(at, at + one.count)));
        at += one.count;
      }
    }
  }
  return { vectors, alone };
}

/**
 * Gives the rules to the kernel: undefined where it refuses any of them, else in which tables it or iptables-save says
 * something else than without it.
 */
export async function askKernel(
  server: ForkServer,
  asked: readonly Asked[],
): Promise<readonly string[] | undefined> {
  const first = asked[0];
  if (!first) return undefined;
  const { status, sent } = await server.run([programOf(first, "-restore")], { input: fileOf(asked).text });
  if (status !== 0) return undefined;
  const problems: string[] = [];
  for (const replace of sent) {
    const table = tableOf(replace),
      words = [programOf(first, "-save"), "-t", table];
    const held = await server.run(words),
      played = await server.run(words, { play: replace });
    for (const chain of BUILT_IN_CHAINS[first.table]) {
      const is = rulesGot(held.got.at(-1)!, replace, chain, familyOf(first)).map(hexOf),
        was = rulesSent(replace, chain, familyOf(first)).map(hexOf);
      if (is.join() !== was.join())
        problems.push(
          `the kernel gives back other bytes in ${table} ${chain}: ${is.find((one, i) => one !== was[i])} for ${was.find((one, i) => one !== is[i])}`,
        );
      if (linesOf(held.stdout, chain).join() !== linesOf(played.stdout, chain).join())
        problems.push(`iptables-save prints ${table} ${chain} of the kernel otherwise`);
    }
  }
  return problems;
}
