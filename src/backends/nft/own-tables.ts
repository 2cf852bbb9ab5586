import type { Family, TableName } from "../../model/family.js";

interface Which {
  readonly family: Family;
  readonly table: TableName;
}
const keyOf = ({ family, table }: Which): string => `${family} ${table}`;

/**
 * Tables that hold nothing but iptables' rules, as this process has replaced all that they held and nobody has changed the
 * rule set since. The next time they are replaced, their rules need not be listed, which the kernel takes long for.
 */
export class OwnTables {
  #generation = 0;
  readonly #tables = new Set<string>();
  has(table: Which, generation: number): boolean {
    return generation === this.#generation && this.#tables.has(keyOf(table));
  }
  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }
  /** A commit that was made for the rule set `from` has replaced these tables; `now` is the generation afterwards. */
  committed(from: number, now: number, replaced: readonly Which[]): void {
    // Each commit counts on by one, and zero is left out. Any other number: somebody else came after it.
    const isLast = now === ((from + 1) >>> 0 || 1);
    if (!isLast || from !== this.#generation) this.#tables.clear();
    if (!isLast) return;
    this.#generation = now;
    for (const table of replaced) this.#tables.add(keyOf(table));
  }
}
