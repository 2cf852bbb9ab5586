import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { encodePart } from "../../../src/extensions/entry.js";
import { decodeEntry } from "../../../src/extensions/entry-decode.js";
import type { Context, Extension } from "../../../src/extensions/extension.js";
import { printPart } from "../../../src/extensions/lookup.js";
import { decodePart } from "../../../src/extensions/part-decode.js";
import { HEADER, putHeader } from "../../../src/extensions/part-header.js";
import { matches, targets } from "../../../src/extensions/registry.js";
import { FAMILIES, type Family } from "../../../src/model/family.js";
import { isOpaque, type Rule } from "../../../src/model/rule.js";
import { wordsOf as wordsIn } from "../../../src/text/words.js";
import { type Corpus, corpusOf } from "../../fuzz/corpus.js";
import { drawUse } from "../../fuzz/draw.js";
import { randomFrom } from "../../fuzz/random.js";
import type { Question } from "../../oracle/ask.js";
import { commandLineJudge } from "../../vectors/command-line-judge.js";
import { encodeRule } from "../../vectors/conformance.js";
import { contextOf, USER_CHAIN } from "../../vectors/iptables.js";
import { isUnreadable } from "./unreadable.js";

const all: readonly Extension[] = [...matches.values(), ...targets.values()];
const corpora: Readonly<Record<Family, Corpus>> = { ipv4: corpusOf("ipv4"), ipv6: corpusOf("ipv6") };
/** The rule as a table would have it; undefined where it is refused with a typed error. */
function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch (error) {
    if (isRampartError(error)) return undefined;
    throw error;
  }
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
function reread(rule: Rule, ctx: Context): Rule {
  const toChain = rule.jump === USER_CHAIN || rule.goto === USER_CHAIN,
    jump = toChain ? USER_CHAIN : rule.jump === undefined ? null : undefined;
  return decodeEntry(encodeRule(rule, ctx), 0, jump, ctx);
}
const parse = (question: Question, ctx: Context): Rule | undefined =>
  attempt(() => commandLineJudge.parse(question, ctx).at(-1));
const isWhole = (rule: Rule): boolean =>
  ![...(rule.matches ?? []), ...(typeof rule.jump === "object" ? [rule.jump] : [])].some(isOpaque);

describe.each(all.map((extension) => [`${extension.kind} ${extension.name}`, extension] as const))(
  "%s",
  (_, extension) => {
    const families = FAMILIES.filter((family) => extension.revision(family) !== undefined);
    const anywhere = fc.record({ family: fc.constantFrom(...families), seed: fc.nat() });

    it("is the same after bytes, and after words", () => {
      let whole = 0;
      fc.assert(
        fc.property(anywhere, ({ family, seed }) => {
          const ctx = contextOf(family),
            question = drawUse(extension, corpora[family], randomFrom(seed)),
            typed = parse(question, ctx),
            rule = typed && attempt(() => reread(typed, ctx));
          if (!rule || !isWhole(rule)) return;
          expect(reread(rule, ctx)).toEqual(rule);
          const text = commandLineJudge.print(rule, ctx);
          whole++;
          if (isUnreadable(text)) return;
          const argv = wordsIn({ number: 1, text }).map((word) => word.text),
            again = parse({ ...question, argv }, ctx);
          expect(again && commandLineJudge.print(reread(again, ctx), ctx)).toBe(text);
        }),
        { numRuns: 40 },
      );
      expect(whole).toBeGreaterThan(0);
    });

    it("is read from any bytes, of any length, or kept as they are", () => {
      const revisions = [extension, ...extension.others].flatMap((one) =>
        FAMILIES.flatMap((family) => (one.revision(family) === undefined ? [] : [{ one, family }])),
      );
      const noise = fc.record({
        which: fc.constantFrom(...revisions),
        size: fc.constantFrom(-16, -8, 0, 0, 0, 0, 8, 64),
        data: fc.uint8Array({ minLength: 8, maxLength: 64 }),
      });
      fc.assert(
        fc.property(noise, ({ which: { one, family }, size, data }) => {
          const ctx = contextOf(family),
            length = HEADER + Math.max(0, one.size(family) + size),
            bytes = new Uint8Array(length);
          putHeader(bytes, 0, length, one.wire, one.revision(family)!);
          for (let at = HEADER; at < length; at++) bytes[at] = data[at % data.length]!;
          const given = hex(bytes),
            part = decodePart(bytes, 0, length, one.kind, new Int32Array(bytes.buffer), ctx);
          if (isOpaque(part)) expect(hex(encodePart(part, one.kind, ctx))).toBe(given);
          else attempt(() => printPart(part, one.kind, ctx));
        }),
        { numRuns: 60 },
      );
    });
  },
);
