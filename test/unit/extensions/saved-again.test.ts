import { expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { decodeEntry } from "../../../src/extensions/entry-decode.js";
import { wordsOf } from "../../../src/text/words.js";
import { commandLineJudge } from "../../vectors/command-line-judge.js";
import { encodeRule } from "../../vectors/conformance.js";
import { contextOf, familyOf, readWithEdges, USER_CHAIN, type Vector } from "../../vectors/iptables.js";
import { isUnreadable } from "./unreadable.js";

/** What iptables printed of the rule, as Rampart prints it once it has read it and stored it. */
function again(vector: Vector, words: string): string {
  const ctx = contextOf(familyOf(vector));
  try {
    const argv = wordsOf({ number: 1, text: words }).map(({ text }) => text),
      rule = commandLineJudge.parse({ ...vector, argv }, ctx)[0]!,
      toChain = rule.jump === USER_CHAIN || rule.goto === USER_CHAIN,
      jump = toChain ? USER_CHAIN : rule.jump === undefined ? null : undefined;
    return commandLineJudge.print(decodeEntry(encodeRule(rule, ctx), 0, jump, ctx), ctx);
  } catch (error) {
    if (isRampartError(error)) return error.message;
    throw error;
  }
}

it("what iptables-save printed comes back the same, but for what is listed as unreadable, and all of that does not", () => {
  const all = readWithEdges().flatMap((vector) =>
    vector.saved === undefined ? [] : [{ vector, words: vector.saved.replace(/^-A \S+ ?/, "") }],
  );
  const lost = all.filter(({ vector, words }) => again(vector, words) !== words).map(({ words }) => words);
  expect(lost).toEqual(all.map(({ words }) => words).filter(isUnreadable));
  expect(all.length - lost.length).toBeGreaterThan(7000);
});
