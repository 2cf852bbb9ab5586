import { type Networks, textOf } from "./networks.js";
import { commonBits, WORD, wordsOf } from "./range-list.js";

/** A rule of the tree: packets from there are blocked, or looked at by another chain and by none after it. */
export interface TreeRule {
  /** With its prefix always, as rules that are read have it. */
  readonly source: string;
  /** Undefined: they are blocked. */
  readonly goto?: string;
}
export interface TreeChain {
  readonly name: string;
  readonly rules: readonly TreeRule[];
}

/** A chain that short is walked as fast as it is split. */
const SHORT = 12,
  /** So many bits tell the chains of one level apart: measured, 4 cost a packet the least. */
  STEP = 4,
  /** The longest name of a chain. */
  LONGEST = 28;

/** What the names of a list's own chains look like, beside that of its first. */
export const treeChainName = (name: string): RegExp => new RegExp(`^${name}-[0-9a-f]+$`);

/**
 * Splits a list by the bits of its addresses into chains, so that a packet meets some tens of rules however long it is.
 * The first chain has the list's name. A branch keeps its name while the addresses around it stay, so that an update
 * changes few chains.
 */
export function prefixTree(name: string, networks: Networks): TreeChain[] {
  const { family, addresses, bits, length } = networks,
    words = wordsOf(family),
    chains: TreeChain[] = [];
  const all = (from: number, to: number): TreeRule[] => {
    const rules: TreeRule[] = [];
    for (let i = from; i < to; i++)
      rules.push({ source: `${textOf(addresses, i * words, family)}/${bits[i]}` });
    return rules;
  };
  function add(chain: string, from: number, to: number): void {
    const rules: TreeRule[] = [],
      separator = chain === name ? "-" : "";
    chains.push({ name: chain, rules });
    if (to - from <= SHORT || chain.length + separator.length >= LONGEST) {
      for (const rule of all(from, to)) rules.push(rule);
      return;
    }
    const depth = commonBits(addresses, from * words, addresses, (to - 1) * words, words) + STEP;
    for (let i = from; i < to; ) {
      // A wide network takes several branches at once.
      let end = i + 1;
      if (bits[i]! >= depth)
        while (
          end < to &&
          bits[end]! >= depth &&
          commonBits(addresses, i * words, addresses, end * words, words) >= depth
        )
          end++;
      if (end - i <= 2) rules.push(...all(i, end));
      else {
        const child = `${chain}${separator}${nibbleAt(addresses, i * words, depth - STEP).toString(16)}`,
          prefix = commonBits(addresses, i * words, addresses, (end - 1) * words, words);
        rules.push({ source: prefixText(networks, i, prefix), goto: child });
        add(child, i, end);
      }
      i = end;
    }
  }
  add(name, 0, length);
  return chains;
}

function prefixText({ family, addresses }: Networks, i: number, bits: number): string {
  const words = wordsOf(family),
    cut = new Uint32Array(words);
  for (let w = 0, left = bits; w < words; w++, left -= WORD)
    cut[w] =
      left >= WORD
        ? addresses[i * words + w]!
        : left <= 0
          ? 0
          : addresses[i * words + w]! & ~(0xffff_ffff >>> left);
  return `${textOf(cut, 0, family)}/${bits}`;
}
/** Four bits of an address from bit `at` on; beyond its end there are zeros. */
function nibbleAt(a: Uint32Array, i: number, at: number): number {
  let value = 0;
  for (let bit = at; bit < at + STEP; bit++) {
    const word = a[i + Math.floor(bit / WORD)] ?? 0;
    value = value * 2 + ((word >>> (31 - (bit % WORD))) & 1);
  }
  return value;
}
