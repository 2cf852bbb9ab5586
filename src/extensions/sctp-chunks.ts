import { innerSlots, type Slot, type Slots } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Has, Kind } from "./option-form.js";

/** Chunk types by their numbers: RFC 9260 and its extensions, as iptables names them. */
const TYPES = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  ECN_ECNE: 12,
  ECN_CWR: 13,
  SHUTDOWN_COMPLETE: 14,
  I_DATA: 64,
  ASCONF_ACK: 128,
  RE_CONFIG: 130,
  PAD: 132,
  FORWARD_TSN: 192,
  ASCONF: 193,
  I_FORWARD_TSN: 194,
} as const;
export type ChunkType = keyof typeof TYPES;
/** The letters of the flag byte, the highest bit first. */
const FLAGS: Readonly<Partial<Record<ChunkType, string>>> = {
  DATA: "----IUBE",
  I_DATA: "----IUBE",
  ABORT: "-------T",
  SHUTDOWN_COMPLETE: "-------T",
};
/** Beside its flags, a chunk's place in iptables' table stands for its type; only that of I_DATA, 64, is not its place. */
const placeOf = (type: ChunkType): number => (type === "I_DATA" ? 15 : TYPES[type]);
type Flagged = "DATA" | "I_DATA" | "ABORT" | "SHUTDOWN_COMPLETE";
/** A type; behind a colon the flags that must be set, in capitals, or clear: `DATA:Ue`. */
export type Chunk = ChunkType | `${Flagged}:${string}`;
const HOW = { any: 1, all: 2, only: 4 } as const;
/** What chunks a packet holds. */
export interface ChunkTypes {
  /** Any of them is in the packet, all of them are, or no others are. */
  readonly match: keyof typeof HOW;
  /** Chunk types; behind a colon flags that must be set, in capitals, or clear: `DATA:Ue`. `ALL`: all types. */
  readonly chunks: "ALL" | readonly Chunk[];
}

interface Bits {
  set: number;
  mask: number;
}
const NAMES = Object.keys(TYPES) as ChunkType[];
const named = (word: string): ChunkType =>
  NAMES.find((name) => name === word.toUpperCase()) ?? fail(`unknown sctp chunk "${word}"`);
function addFlags(bits: Bits, type: ChunkType, letters: string): void {
  for (const letter of letters) {
    const place = FLAGS[type]?.indexOf(letter.toUpperCase()) ?? -1;
    if (place < 0) fail(`"${letter}" is no flag of chunk type ${type}`);
    bits.mask |= 0x80 >> place;
    if (/[A-Z]/.test(letter)) bits.set |= 0x80 >> place;
  }
}
function lettersOf({ set, mask }: Bits, type: ChunkType): string {
  const letters = FLAGS[type] ?? fail(`chunk type ${type} has no flags`);
  return [...letters]
    .filter((_, place) => mask & (0x80 >> place))
    .map((letter) => (set & (0x80 >> letters.indexOf(letter)) ? letter : letter.toLowerCase()))
    .join("");
}

/** Each type once, in the order in which flags were given, as the struct keeps it. */
function flagsIn(chunks: Iterable<string>): ReadonlyMap<ChunkType, Bits> {
  const all = new Map<ChunkType, Bits>();
  for (const chunk of chunks) {
    const colon = chunk.indexOf(":"),
      letters = colon < 0 ? "" : chunk.slice(colon + 1);
    if (letters === "") continue;
    const type = named(chunk.slice(0, colon)),
      bits = all.get(type) ?? { set: 0, mask: 0 };
    addFlags(bits, type, letters);
    all.set(type, bits);
  }
  return all;
}
const typesIn = (chunks: readonly string[]): ReadonlySet<ChunkType> =>
  new Set(chunks.map((chunk) => named(chunk.split(":", 1)[0]!)));
/** Types with flags first, in their order; then the others by number. */
function canonical(types: ReadonlySet<ChunkType>, flags: ReadonlyMap<ChunkType, Bits>): readonly Chunk[] {
  return [
    ...[...flags].map(([type, bits]) => `${type}:${lettersOf(bits, type)}` as Chunk),
    ...NAMES.filter((name) => types.has(name) && !flags.has(name)),
  ];
}
function parseChunks(text: string): ChunkTypes["chunks"] {
  if (/^all$/i.test(text)) return "ALL";
  const words = /^none$/i.test(text) ? [] : text.split(",").filter(Boolean);
  return canonical(typesIn(words), flagsIn(words));
}
/** By number. iptables does not find the flags of I_DATA where it put them, and says nothing of them. */
function printChunks(chunks: ChunkTypes["chunks"]): string {
  if (chunks === "ALL") return chunks;
  const byType = new Map(chunks.map((chunk) => [chunk.split(":", 1)[0], chunk]));
  const said = NAMES.flatMap((name) => byType.get(name) ?? []);
  return said.map((chunk) => (chunk.startsWith("I_DATA") ? "I_DATA" : chunk)).join(",") || "NONE";
}

/** A chunk type by its number, as `iptables -L -n` says it. */
export function chunkNumber(chunk: string): string {
  const [name = "", ...flags] = chunk.split(":");
  if (!Object.hasOwn(TYPES, name)) return chunk;
  const number = TYPES[name as ChunkType].toString(16).toUpperCase().padStart(4, "0");
  return [`0x${number}`, ...flags].join(":");
}

type FlagInfo = Slots<{ chunktype: number; flag: number; flagMask: number }>;
type Fields = Has<"chunkmap", Slot<number>[]> &
  Has<"chunkMatchType" | "flagCount"> &
  Has<"flagInfo", Slot<FlagInfo>[]>;
/** `any|all|only TYPE[:FLAGS],…` */
export const chunkTypes: Kind<Fields, ChunkTypes> = {
  words: 2,
  parse([match = "", text = "-"]) {
    const how = match.toLowerCase();
    if (!Object.hasOwn(HOW, how)) fail(`"${match}" is none of any, all and only`);
    if (/^[-!]/.test(text)) fail("two words are needed: any, all or only, and the chunk types");
    return { match: how as ChunkTypes["match"], chunks: parseChunks(text) };
  },
  print: ({ match, chunks }) => `${match} ${printChunks(chunks)}`,
  wordsOf: ({ match, chunks }) => [match, typeof chunks === "string" ? chunks : chunks.join(",") || "NONE"],
  bind({ chunkmap, chunkMatchType, flagCount, flagInfo }) {
    const map = innerSlots(chunkmap),
      infos = innerSlots(flagInfo).map(innerSlots);
    const isSet = (b: Uint8Array, o: number, n: number) => (map[n >> 5]!.get(b, o) >>> (n & 31)) & 1;
    return {
      store(b, o, { match, chunks }) {
        chunkMatchType.set(b, o, HOW[match]);
        if (typeof chunks === "string") {
          for (const word of map) word.set(b, o, 0xffff_ffff);
          return;
        }
        for (const type of typesIn(chunks)) {
          const n = TYPES[type],
            word = map[n >> 5]!;
          word.set(b, o, word.get(b, o) | (1 << (n & 31)));
        }
        const flags = [...flagsIn(chunks)];
        flagCount.set(b, o, flags.length);
        for (const [i, [type, { set, mask }]] of flags.entries()) {
          infos[i]!.chunktype.set(b, o, placeOf(type));
          infos[i]!.flag.set(b, o, set);
          infos[i]!.flagMask.set(b, o, mask);
        }
      },
      load(b, o) {
        const is = chunkMatchType.get(b, o),
          match = (Object.keys(HOW) as (keyof typeof HOW)[]).find((one) => HOW[one] === is);
        if (!match) return fail(`sctp: chunk match type ${is}`);
        if (map.every((word) => word.get(b, o) === 0xffff_ffff)) return { match, chunks: "ALL" };
        const flags = infos.slice(0, flagCount.get(b, o)).map(({ chunktype, flag, flagMask }) => {
          const type = NAMES.find((name) => placeOf(name) === chunktype.get(b, o));
          return [
            type ?? fail("sctp: flags of an unknown chunk type"),
            { set: flag.get(b, o), mask: flagMask.get(b, o) },
          ] as const;
        });
        const types = new Set(NAMES.filter((name) => isSet(b, o, TYPES[name])));
        return { match, chunks: canonical(types, new Map(flags)) };
      },
    };
  },
};
