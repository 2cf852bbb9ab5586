/** What a kernel, or whoever sits in its place, might answer: a recorded listing of sets, damaged at random. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { isRampartError } from "../../src/errors.js";
import { Sets } from "../../src/ipset/sets.js";
import { builtInNames } from "../../src/model/names.js";
import { host16 } from "../../src/netlink/attributes.js";
import { replies } from "../../src/netlink/replies.js";
import { ATTRIBUTE, align4, HEADER, NFGENMSG, TYPE_MASK } from "../../src/netlink/wire.js";
import type { Random } from "./random.js";

const LISTING = gunzipSync(readFileSync("test/vectors/sets-listing.bin.gz"));
const MESSAGES = [...replies(LISTING)].map(({ kind, at, end }) =>
  // An outcome begins four bytes behind its header.
  LISTING.subarray(kind === "answer" ? at - HEADER : at - HEADER - 4, end),
);
const NUMBERS = [0, 1, 3, 4, 5, 8, 12, 0x7f, 0x80, 0xff] as const;

/** Where the attributes in a message are, nested ones too. */
function attributesIn(bytes: Uint8Array, from: number, to: number, depth = 0): number[] {
  const found: number[] = [];
  for (let at = from; at + ATTRIBUTE <= to; ) {
    const length = host16(bytes, at);
    if (length < ATTRIBUTE || at + length > to) break;
    found.push(at);
    if (depth < 3 && (host16(bytes, at + 2) & ~TYPE_MASK) !== 0)
      found.push(...attributesIn(bytes, at + ATTRIBUTE, at + length, depth + 1));
    at += align4(length);
  }
  return found;
}
function damage(message: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(message),
    places = attributesIn(bytes, HEADER + NFGENMSG, bytes.length);
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = places.length > 0 && random.chance(0.8) ? random.pick(places) : random.below(bytes.length);
    const number = random.chance(0.5) ? random.pick(NUMBERS) : random.below(256);
    switch (random.below(5)) {
      case 0: // Another length.
        bytes[at] = number;
        break;
      case 1: // Another type.
        bytes[at + 2] = number;
        break;
      case 2: // Another value.
        bytes[at + ATTRIBUTE + random.below(8)] = number;
        break;
      case 3: // Something from elsewhere.
        bytes.copyWithin(at, random.below(bytes.length), Math.min(bytes.length, at + random.below(64)));
        break;
      default:
        bytes[random.below(bytes.length)] = number;
    }
  }
  if (!random.chance(0.15)) return bytes;
  // Cut short, with or without saying so.
  const short = bytes.slice(0, random.below(bytes.length));
  if (short.length >= 4 && random.chance(0.7)) new DataView(short.buffer).setUint32(0, short.length, true);
  return short;
}
/** Some messages of the listing, one of them damaged. */
function answer(random: Random): Uint8Array {
  const count = 1 + random.below(4),
    hurt = random.below(count),
    first = random.below(MESSAGES.length);
  const parts = Array.from({ length: count }, (_, i) => {
    const message = MESSAGES[(first + i) % MESSAGES.length]!;
    return i === hurt ? damage(message, random) : Uint8Array.from(message);
  });
  return Uint8Array.from(Buffer.concat(parts));
}

const CALLS: readonly ((sets: Sets) => Promise<unknown>)[] = [
  (sets) => sets.names(),
  (sets) => sets.list(),
  (sets) => sets.save(),
  async (sets) => {
    const chunks: string[] = [];
    for await (const chunk of sets.describeChunks()) chunks.push(chunk);
    return chunks.join("");
  },
  async (sets) => {
    const set = await sets.get("set");
    return [...(await set.entries())];
  },
  async (sets) => (await sets.get("set")).info(),
  async (sets) => {
    let sum = 0;
    await (await sets.get("set")).packed((words, bits) => {
      sum += words[0]! + bits;
    });
    return sum;
  },
  (sets) => sets.add("set", ["192.0.2.1", "192.0.2.2"], { exist: false }),
  (sets) => sets.test("set", "192.0.2.1"),
  (sets) => sets.create("set", "hash:ip"),
  (sets) => sets.swap("a", "b"),
];
/** Made up by a walk that left its bytes. */
const STRAY = /undefined|NaN|\[object/;

/** One answer to one call; what is wrong, if anything: an error of no kind, or words that no byte stands for. */
export async function fuzzReply(random: Random): Promise<string | undefined> {
  const bytes = answer(random),
    call = random.pick(CALLS),
    told = (problem: string) => `${call} of ${Buffer.from(bytes).toString("base64")}: ${problem}`;
  const sets = new Sets(async () => bytes, builtInNames);
  let text: string;
  try {
    const value = await call(sets);
    text =
      typeof value === "string"
        ? value
        : (JSON.stringify(value, (_, v) => (Number.isNaN(v) ? "NaN" : typeof v === "bigint" ? `${v}` : v)) ??
          "");
  } catch (error) {
    if (!isRampartError(error)) return told(error instanceof Error ? `${error.stack}` : String(error));
    text = error.message;
  }
  return STRAY.test(text) && !STRAY.test(Buffer.from(bytes).toString("latin1")) ? told(text) : undefined;
}
