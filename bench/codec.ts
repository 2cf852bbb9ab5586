/**
 * What words and bytes cost without any kernel: microseconds of processor a rule of the mixed workload W2, and the longest
 * slices of the event loop. Medians of some rounds, each over rules that were never seen before. `npm run bench:codec [-- 100000]`
 */

import type { Rule } from "../src/index.js";
import { built } from "./built.js";
import { median, worked } from "./measure.js";

type Source = typeof import("../src/index.js");
const {
  builtInNames,
  comment,
  conntrack,
  limit,
  log,
  multiport,
  open,
  parseRulesAsync,
  printRule,
  reject,
  tcp,
  udp,
} = await built<Source>("index.js");
const { contextOf } = await built<typeof import("../src/backends/context.js")>("backends/context.js"),
  { PatchWriter } = await built<typeof import("../src/backends/legacy/patch.js")>("backends/legacy/patch.js"),
  { setsNotRead } = await built<typeof import("../src/backends/set-numbers.js")>("backends/set-numbers.js"),
  { decodeEntry } = await built<typeof import("../src/extensions/entry-decode.js")>(
    "extensions/entry-decode.js",
  ),
  { wholeEntry } =
    await built<typeof import("../src/extensions/whole-entry.js")>("extensions/whole-entry.js"),
  { RulesReader } = await built<typeof import("../src/text/rules-reader.js")>("text/rules-reader.js");

const COUNT = Number(process.argv[2] ?? 100_000),
  ROUNDS = 7,
  /** Of so many parts each, when they repeat. */
  POOL = 50;
/** What issue 3 asks for: microseconds a rule; slices in milliseconds. */
const TARGETS = {
  "encode, nothing shared": 1.6,
  "encode, matches repeat": 0.5,
  "decode, nothing shared": 2.6,
  "decode, matches repeat": 0.7,
  "print, nothing shared": 2,
  "parse from text": 4,
  "slice: parse": 10,
  "slice: encode": 10,
  "slice: print": 10,
} as const;
type What = keyof typeof TARGETS;

const context = contextOf("ipv4", builtInNames, setsNotRead);
const port = (i: number): number => 1 + ((Math.imul(i, 7919) >>> 0) % 65_535);
const address = (i: number): string => {
  const n = (Math.imul(i + 1, 0x9e3779b1) >>> 0) | 0x01000000;
  return `${(n >>> 24) % 223 || 1}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}/32`;
};

/** The parts of the four forms; `i` makes them different. */
const FORMS: readonly ((i: number) => Rule)[] = [
  (i) => ({
    protocol: "tcp",
    matches: [tcp({ dport: port(i) }), conntrack({ ctstate: ["NEW"] }), comment({ comment: `service ${i}` })],
    jump: "ACCEPT",
  }),
  (i) => ({ protocol: "tcp", matches: [multiport({ dports: [80, 443, port(i)] })], jump: "ACCEPT" }),
  (i) => ({ matches: [limit({ limit: "5/min" })], jump: log({ logPrefix: `denied ${i}: ` }) }),
  (i) => ({
    protocol: "udp",
    matches: [udp({ dport: port(i) })],
    jump: reject({ rejectWith: "icmp-port-unreachable" }),
  }),
];
const form = (i: number): Rule => FORMS[i % FORMS.length]!(i);
const placed = (rule: Rule, i: number): Rule =>
  i % FORMS.length === 0 ? rule : { source: address(i), ...rule };

/** Rules of which each has parts of its own. */
const different = (from: number): Rule[] =>
  Array.from({ length: COUNT }, (_, i) => placed(form(from + i), from + i));
/** Rules that have their parts from a pool, as those do that were read from text or from a kernel. */
function repeating(from: number): Rule[] {
  const pool = Array.from({ length: POOL * FORMS.length }, (_, i) => form(i));
  return Array.from({ length: COUNT }, (_, i) => placed(pool[i % pool.length]!, from + i));
}

/** The longest that this thread worked without a turn of the event loop. */
async function longestSlice(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  let last = worked(),
    longest = 0,
    done = false;
  const turn = (): void => {
    const now = worked();
    longest = Math.max(longest, now - last);
    last = now;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  turn();
  done = true;
  return longest;
}

const times = new Map<What, number[]>();
function note(what: What, value: number): void {
  times.set(what, [...(times.get(what) ?? []), value]);
}
/** Notes the time that the work takes for one rule, its own garbage included, but not that of what it works on. */
function each(what: What, work: (i: number) => void): void {
  globalThis.gc?.();
  const begin = worked();
  for (let i = 0; i < COUNT; i++) work(i);
  note(what, ((worked() - begin) * 1000) / COUNT);
}

function encode(what: What, rules: readonly Rule[]): void {
  const writer = new PatchWriter(context, () => {});
  writer.header(undefined);
  each(what, (i) => writer.rule("BLOCK", rules[i]!));
  writer.end();
}
function decode(what: What, rules: readonly Rule[]): Rule[] {
  const entries = rules.map((rule) => wholeEntry(rule, context).bytes),
    bytes = new Uint8Array(entries.reduce((n, { length }) => n + length, 0)),
    offsets: number[] = [],
    out = new Array<Rule>(COUNT);
  let at = 0;
  for (const entry of entries) {
    bytes.set(entry, at);
    offsets.push(at);
    at += entry.length;
  }
  each(what, (i) => {
    out[i] = decodeEntry(bytes, offsets[i]!, undefined, context);
  });
  return out;
}

function parse(text: string): void {
  const reader = new RulesReader(text, {}, { begin() {}, command() {}, append() {}, commit() {} });
  // The two lines before the first rule.
  for (let i = 0; i < 2; i++) reader.next();
  each("parse from text", () => reader.next());
  reader.next();
  reader.end();
}

async function round(number: number): Promise<void> {
  const from = number * COUNT;
  encode("encode, nothing shared", different(from));
  encode("encode, matches repeat", repeating(from));
  const decoded = decode("decode, nothing shared", different(from));
  decode("decode, matches repeat", repeating(from));
  const lines = new Array<string>(COUNT);
  each("print, nothing shared", (i) => {
    lines[i] = printRule(decoded[i]!);
  });
  const text = `*filter\n:BLOCK - [0:0]\n${lines.map((line) => `-A BLOCK ${line}\n`).join("")}COMMIT\n`;
  parse(text);
  await using firewall = await open({ backend: "memory" });
  const { filter } = await firewall.read(),
    next = filter.newChain("BLOCK").append("BLOCK", ...different(from + COUNT));
  note("slice: parse", await longestSlice(() => parseRulesAsync(text)));
  note("slice: encode", await longestSlice(() => firewall.write(next)));
  note("slice: print", await longestSlice(() => firewall.save()));
}

// The first round warms the compiler up.
for (let number = 0; number <= ROUNDS; number++) {
  await round(number);
  if (number === 0) times.clear();
}
console.log(`${COUNT} rules of W2, medians of ${ROUNDS} rounds`);
for (const [what, values] of times) {
  const value = median(values),
    unit = what.startsWith("slice") ? "ms" : "us/rule",
    target = TARGETS[what];
  const range = `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
  console.log(
    `  ${what.padEnd(26)}${value.toFixed(2).padStart(7)} ${unit.padEnd(8)} target ${String(target).padEnd(4)} ${value <= target ? "met   " : "MISSED"} (${range})`,
  );
}
