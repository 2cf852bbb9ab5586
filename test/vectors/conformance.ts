import { encodePart, encodeTarget, ENTRY_SIZE, encodeEntry } from "../../src/extensions/entry.js";
import { decodeEntry } from "../../src/extensions/entry-decode.js";
import type { Context } from "../../src/extensions/extension.js";
import { matches, onWire, targets } from "../../src/extensions/registry.js";
import { isRampartError } from "../../src/errors.js";
import type { ProfileName } from "../../src/model/profile.js";
import { isVerdict, type Rule } from "../../src/model/rule.js";
import { contextOf, familyOf, USER_CHAIN, type Vector } from "./iptables.js";

/** Where text becomes rules and rules become text: the command line of `iptables -A`. */
export interface Judged {
  /** All rules that the words make; throws a RampartError. */
  parse(vector: Vector, ctx: Context, profile?: ProfileName): readonly Rule[];
  /** The rule as iptables-save prints it, without `-A CHAIN`. */
  print(rule: Rule, ctx: Context): string;
}
export type Check = "encode" | "print" | "refuse";
export interface Verdict {
  readonly vector: Vector;
  readonly check: Check;
  /** The matches and targets that the rule uses, or `(rule)` without any. */
  readonly labels: readonly string[];
  /** Undefined where Rampart and iptables agree, else what they make of it. */
  readonly problem: string | undefined;
}

const HEADER = 32,
  STANDARD = 40;
interface Piece {
  readonly name: string;
  readonly at: number;
}
const nameAt = (bytes: Buffer, at: number): string =>
  bytes.toString("latin1", at + 2, at + 31).replace(/\0.*/s, "");
function piecesOf(bytes: Buffer, ctx: Context): { matches: Piece[]; target: Piece } {
  const size = ENTRY_SIZE[ctx.family],
    target = bytes.readUInt16LE(ctx.family === "ipv4" ? 88 : 140),
    matches: Piece[] = [];
  for (let at = size; at < target; at += bytes.readUInt16LE(at)) matches.push({ name: nameAt(bytes, at), at });
  return { matches, target: { name: nameAt(bytes, target), at: target } };
}

const ALIASES: Readonly<Record<string, string>> = { icmpv6: "icmp6", "ipv6-icmp": "icmp6" };
const after = (argv: readonly string[], ...options: string[]): string[] =>
  argv.filter((_, i) => options.includes(argv[i - 1] ?? ""));
const isTarget = (word: string): boolean => /^[A-Z]{2,}$/.test(word) && !isVerdict(word) && word !== USER_CHAIN;
/** Every extension that a vector names, in its words or in its bytes. */
export function extensionsIn(vector: Vector): { readonly used: readonly string[]; readonly missing: readonly string[] } {
  const ctx = contextOf(familyOf(vector)),
    { argv } = vector;
  const inWords = [
    ...after(argv, "-m", "--match").map((name) => ({ kind: "match" as const, name: ALIASES[name] ?? name })),
    ...after(argv, "-j", "--jump").filter(isTarget).map((name) => ({ kind: "target" as const, name })),
  ];
  const bytes = vector.sent === undefined ? undefined : Buffer.from(vector.sent, "hex"),
    pieces = bytes && piecesOf(bytes, ctx);
  const inBytes = pieces
    ? [
        ...pieces.matches.map(({ name }) => ({ kind: "match" as const, name })),
        ...(pieces.target.name === "" ? [] : [{ kind: "target" as const, name: pieces.target.name }]),
      ]
    : [];
  const known = ({ kind, name }: (typeof inWords)[number]): boolean =>
    (kind === "match" ? matches : targets).has(name) || onWire[kind].has(name);
  const unsupported = (name: string) => vector.error?.includes(`Couldn't load match \`${name}'`) === true;
  const all = [...inWords, ...inBytes];
  const missing = all.filter((one) => !known(one) && !unsupported(one.name)).map(({ name }) => name);
  const used = (inWords.length > inBytes.length ? inWords : inBytes).map(({ name }) => name);
  return { used: [...new Set(used)], missing: [...new Set(missing)] };
}

/** One rule as the bytes of an entry. */
export function encodeRule(rule: Rule, ctx: Context): Uint8Array {
  const size = ENTRY_SIZE[ctx.family],
    parts = [...(rule.matches ?? []).map((part) => encodePart(part, "match", ctx)), encodeTarget(rule, ctx)],
    next = parts.reduce((n, part) => n + part.length, size),
    out = new Uint8Array(next);
  encodeEntry(out, 0, rule, next - parts.at(-1)!.length, next, ctx);
  let at = size;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
/** A jump's offset means something in its table only; our encoder leaves the chain's name instead. */
function withoutJump(bytes: Buffer, ctx: Context): string {
  const { target } = piecesOf(bytes, ctx),
    standard = bytes.length === target.at + STANDARD && (target.name === "" || target.name === USER_CHAIN);
  if (standard && bytes.readInt32LE(target.at + HEADER) >= 0) bytes.fill(0, target.at + 2, target.at + STANDARD);
  return bytes.toString("hex");
}

const CHAIN = /^-A \S+ ?/;
const TO_CHAIN = new RegExp(` ?-[jg] ${USER_CHAIN}$`);
/** Which chain the table would say that the entry leads to. */
function jumpOf(words: string, bytes: Buffer, ctx: Context): string | null | undefined {
  const { target } = piecesOf(bytes, ctx);
  if (target.name !== "" || bytes.readInt32LE(target.at + HEADER) < 0) return undefined;
  return TO_CHAIN.test(words) ? USER_CHAIN : null;
}
/** The rule that the entry in hex is; `words` say where it jumps to. */
export function decodeSent(sent: string, words: string, ctx: Context): Rule {
  const bytes = Buffer.from(sent, "hex");
  return decodeEntry(bytes, 0, jumpOf(words, bytes, ctx), ctx);
}

const said = (error: unknown): string =>
  isRampartError(error) ? `${error.code}: ${error.message}` : `crashed: ${(error as Error).stack}`;
function firstDifference(got: string, want: string): string {
  let i = 0;
  while (i < got.length && got[i] === want[i]) i++;
  const from = i & ~1;
  return `${got.length / 2} of ${want.length / 2} bytes, at ${from / 2}: got ${got.slice(from, from + 24)} want ${want.slice(from, from + 24)}`;
}

/** The rule as a table would have it. */
function reread(rule: Rule, ctx: Context): Rule {
  const toChain = rule.jump === USER_CHAIN || rule.goto === USER_CHAIN,
    jump = toChain ? USER_CHAIN : rule.jump === undefined ? null : undefined;
  return decodeEntry(encodeRule(rule, ctx), 0, jump, ctx);
}
function judgeRefusal(vector: Vector, judged: Judged, ctx: Context, profile?: ProfileName): string | undefined {
  try {
    for (const rule of judged.parse(vector, ctx, profile)) encodeRule(rule, ctx);
  } catch (error) {
    return isRampartError(error) ? undefined : said(error);
  }
  return `accepted, where iptables said: ${vector.error?.trim()}`;
}
function judgeBytes(
  vector: Vector,
  sent: string,
  judged: Judged,
  ctx: Context,
  profile?: ProfileName,
): string | undefined {
  try {
    const rules = judged.parse(vector, ctx, profile),
      rule = rules.at(-1);
    if (!rule) return "no rule";
    const got = withoutJump(Buffer.from(encodeRule(rule, ctx)), ctx),
      want = withoutJump(Buffer.from(sent, "hex"), ctx);
    if (got !== want) return firstDifference(got, want);
    if (!vector.savedAll) return undefined;
    const said = rules.map((one) => judged.print(reread(one, ctx), ctx)),
      lines = said.map((words) => (words === "" ? `-A ${vector.chain}` : `-A ${vector.chain} ${words}`));
    return lines.join("\n") === vector.savedAll.join("\n") ? undefined : lines.join("\n");
  } catch (error) {
    return said(error);
  }
}
function judgeText(sent: string, saved: string, judged: Judged, ctx: Context): string | undefined {
  try {
    const got = judged.print(decodeSent(sent, saved, ctx), ctx),
      want = saved.replace(CHAIN, "");
    return got === want ? undefined : `got  ${got}\n     want ${want}`;
  } catch (error) {
    return said(error);
  }
}

/** All that one vector says: bytes from words, words from bytes, or that there is nothing to say. */
export function judge(
  vector: Vector,
  judged: Judged,
  profile?: ProfileName,
  ctx: Context = contextOf(familyOf(vector), profile),
): readonly Verdict[] {
  const { used } = extensionsIn(vector),
    labels = used.length > 0 ? used : ["(rule)"],
    verdicts: Verdict[] = [];
  if (vector.apart !== undefined) return verdicts;
  const add = (check: Check, problem: string | undefined) => verdicts.push({ vector, check, labels, problem });
  if (vector.refused === "parse") add("refuse", judgeRefusal(vector, judged, ctx, profile));
  if (vector.sent !== undefined) {
    add("encode", judgeBytes(vector, vector.sent, judged, ctx, profile));
    if (vector.saved !== undefined) add("print", judgeText(vector.sent, vector.saved, judged, ctx));
  }
  return verdicts;
}
