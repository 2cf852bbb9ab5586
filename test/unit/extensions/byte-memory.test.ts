import { expect, it } from "vitest";
import { byteMemory, hashWords, keep, recall, sighted } from "../../../src/extensions/byte-memory.js";

const wordsOf = (...values: readonly number[]): Int32Array => Int32Array.from(values);

it("is due to keep what it meets for the second time, and finds it by its bytes alone", () => {
  const memory = byteMemory<string>(),
    words = wordsOf(1, 2, 3, 4),
    hash = hashWords(words, 0, 4);
  expect(recall(memory, hash, words, 0, 4)).toBeUndefined();
  expect(sighted(memory, hash, 4)).toBe(false);
  expect(sighted(memory, hash, 4)).toBe(true);
  keep(memory, hash, words, 0, 4, "kept");
  const elsewhere = wordsOf(9, 9, 1, 2, 3, 4);
  expect(hashWords(elsewhere, 2, 4)).toBe(hash);
  expect(recall(memory, hash, elsewhere, 2, 4)).toBe("kept");
});

it("does not take words for others that have the same hash, nor for the beginning of longer ones", () => {
  const memory = byteMemory<string>(),
    words = wordsOf(1, 2, 3, 4),
    hash = hashWords(words, 0, 4);
  keep(memory, hash, words, 0, 4, "kept");
  expect(recall(memory, hash, wordsOf(1, 2, 3, 5), 0, 4)).toBeUndefined();
  expect(recall(memory, hash, wordsOf(1, 2, 3, 4, 0, 0), 0, 6)).toBeUndefined();
  expect(recall(memory, hash, words, 0, 2)).toBeUndefined();
});

it("keeps words of its own", () => {
  const memory = byteMemory<string>(),
    words = wordsOf(1, 2),
    hash = hashWords(words, 0, 2);
  keep(memory, hash, words, 0, 2, "kept");
  words[0] = 7;
  expect(recall(memory, hash, words, 0, 2)).toBeUndefined();
  expect(recall(memory, hash, wordsOf(1, 2), 0, 2)).toBe("kept");
});

it("keeps a bounded number of values, none of long bytes, and tells words apart by every bit of them", () => {
  const memory = byteMemory<number>(),
    hashes = new Set<number>();
  for (let i = 0; i < 20_000; i++) {
    const words = wordsOf(6, i << 12, 0, 0),
      hash = hashWords(words, 0, 4);
    hashes.add(hash);
    keep(memory, hash, words, 0, 4, i);
  }
  expect(hashes.size).toBeGreaterThan(19_990);
  expect(memory.kept.filter((one) => one !== undefined).length).toBeLessThanOrEqual(1024);
  sighted(memory, 5, 1024);
  expect(sighted(memory, 5, 1024)).toBe(false);
});
