import { isRampartError } from "../../src/errors.js";
import type { Context } from "../../src/extensions/extension.js";
import { familyOf, prepare, type Question } from "../oracle/ask.js";
import type { ForkServer } from "../oracle/fork-server.js";
import { commandLineJudge } from "../vectors/command-line-judge.js";
import { encodeRule, judge } from "../vectors/conformance.js";
import { contextOf, type Vector } from "../vectors/iptables.js";
import { corpusOf } from "./corpus.js";
import { drawRule } from "./draw.js";
import { isKnown } from "./known-differences.js";
import { type Asked, askAlone, askKernel, askTogether, fitsFile } from "./lanes.js";
import { randomFrom } from "./random.js";

export interface Difference {
  readonly question: Question;
  readonly problem: string;
}
export interface Result {
  readonly rules: number;
  /** How many of them iptables refused. */
  readonly refused: number;
  /** How many of them the kernel has held. */
  readonly held: number;
  readonly known: number;
  readonly differences: readonly Difference[];
}
export interface CampaignOptions {
  readonly family: 4 | 6;
  readonly seed: number;
  /** When to end, as performance.now() has it, or after how many rules; whichever comes first. */
  readonly until: number;
  readonly most: number;
  readonly names: Context["names"];
  readonly found?: (difference: Difference) => void;
}

const DRAWN = 400,
  HELD = 6;

/** Rules at random, given to iptables and to Rampart, until the time is over. */
export async function campaign(server: ForkServer, options: CampaignOptions): Promise<Result> {
  const { family, seed, until, most, names, found } = options,
    random = randomFrom(seed),
    corpus = corpusOf(familyOf({ family })),
    ctx = { ...contextOf(familyOf({ family })), names };
  const differences: Difference[] = [];
  let rules = 0,
    refused = 0,
    held = 0,
    known = 0;
  const differ = (question: Question, problem: string): void => {
    const difference = { question, problem };
    differences.push(difference);
    found?.(difference);
  };
  const count = (question: Question): number => {
    try {
      const made = commandLineJudge.parse(question, ctx);
      for (const rule of made) encodeRule(rule, ctx);
      return made.length;
    } catch (error) {
      if (!isRampartError(error)) differ(question, `crashed: ${(error as Error).stack}`);
      return 0;
    }
  };
  const compare = (vector: Vector): void => {
    rules++;
    if (vector.refused !== undefined) refused++;
    for (const { problem } of judge(vector, commandLineJudge, undefined, ctx)) {
      if (problem === undefined) continue;
      if (isKnown(vector, problem)) known++;
      else differ(vector, problem);
    }
  };

  while (performance.now() < until && rules < most) {
    const asked = Array.from({ length: DRAWN }, (): Asked => {
      const question = drawRule(corpus, random);
      return { ...question, count: count(question) };
    });
    const fit = asked.filter((one) => one.count > 0 && fitsFile(one)),
      { vectors, alone } = await askTogether(server, fit);
    vectors.forEach(compare);
    for (const one of [...alone, ...asked.filter((one) => !fit.includes(one))])
      compare(await askAlone(server, one));
    const good = fit.filter((one) => !alone.includes(one));
    for (let at = 0; at < good.length; at += HELD) {
      const some = good.slice(at, at + HELD),
        problems = await askKernel(server, some);
      if (problems) held += some.length;
      const together = { ...some[0]!, argv: some.flatMap(({ argv }) => argv) };
      for (const problem of problems ?? []) {
        if (isKnown(together, problem)) known++;
        else differ(together, problem);
      }
    }
    await prepare(server, family);
  }
  return { rules, refused, held, known, differences };
}
