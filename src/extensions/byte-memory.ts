/** In words: u32 has 496. What is longer is rare, and not worth keeping. */
const LONGEST = 512,
  SETS = 512,
  WAYS = 2;

interface Kept<V> {
  readonly hash: number;
  readonly words: Int32Array;
  readonly value: V;
}
/**
 * Values that were made of some bytes, found again by the bytes themselves. A value is kept when its bytes are met for the
 * second time, so that what never repeats costs a hash and leaves nothing behind; and never more than `SETS * WAYS` are.
 */
export interface ByteMemory<V> {
  readonly kept: (Kept<V> | undefined)[];
  /** The hash last met in each set without being found. */
  readonly sighted: Int32Array;
}
export const byteMemory = <V>(): ByteMemory<V> => ({
  kept: new Array<Kept<V> | undefined>(SETS * WAYS).fill(undefined),
  sighted: new Int32Array(SETS),
});

const setOf = (hash: number): number => (hash ^ (hash >>> 15)) & (SETS - 1);

/** Of `n` words, an even number: two chains of multiplications, as neither waits for the other. */
export function hashWords(words: Int32Array, from: number, n: number): number {
  let a = n,
    b = 0;
  for (let i = from; i < from + n; i += 2) {
    a = (Math.imul(a, 0x9e3779b1) + words[i]!) | 0;
    b = (Math.imul(b, 0x85ebca6b) + words[i + 1]!) | 0;
  }
  return joinHashes(a, b);
}
export function joinHashes(a: number, b: number): number {
  const h = Math.imul(a ^ (a >>> 16), 0xc2b2ae35) + b;
  return Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
}

function equal(own: Int32Array, words: Int32Array, from: number, n: number): boolean {
  if (own.length !== n) return false;
  for (let i = 0; i < n; i++) if (own[i] !== words[from + i]) return false;
  return true;
}
/** What was kept of these `n` words. */
export function recall<V>(
  { kept }: ByteMemory<V>,
  hash: number,
  words: Int32Array,
  from: number,
  n: number,
): V | undefined {
  const first = setOf(hash) * WAYS;
  for (let i = first; i < first + WAYS; i++) {
    const one = kept[i];
    if (one !== undefined && one.hash === hash && equal(one.words, words, from, n)) return one.value;
  }
  return undefined;
}
/** Notes what was not recalled; whether `keep` is due, as it was met before. */
export function sighted({ sighted: hashes }: ByteMemory<unknown>, hash: number, n: number): boolean {
  const set = setOf(hash);
  if (hashes[set] === hash) return n <= LONGEST;
  hashes[set] = hash;
  return false;
}
/** The one kept longest in its set goes. */
export function keep<V>(
  { kept }: ByteMemory<V>,
  hash: number,
  words: Int32Array,
  from: number,
  n: number,
  value: V,
): void {
  const first = setOf(hash) * WAYS;
  for (let i = first + WAYS - 1; i > first; i--) kept[i] = kept[i - 1];
  kept[first] = { hash, words: words.slice(from, from + n), value };
}
