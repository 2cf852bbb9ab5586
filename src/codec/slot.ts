/** One field of one struct: closures that already know their offset. */
export interface Slot<V> {
  readonly at: number;
  readonly size: number;
  get(bytes: Uint8Array, base: number): V;
  set(bytes: Uint8Array, base: number, value: V): void;
  /** Whether the field means the same in both: what stands behind a NUL, or belongs to the kernel, does not count. */
  same(a: Uint8Array, aBase: number, b: Uint8Array, bBase: number): boolean;
}

/** What a struct is called in C, so that the compiler can be asked whether we agree on it (test/abi). */
export interface CName {
  readonly name: string;
  readonly header: string;
  /** Field by field; a field that is not named here is its own name in snake_case. */
  readonly fields: Readonly<Record<string, string | undefined>>;
}
/** A fixed-size C value: how wide it is, how it aligns, and how it is reached once its offset is known. */
export interface Field<V> {
  readonly size: number;
  readonly align: number;
  /** The fields of a struct inside a struct. */
  readonly of?: { readonly layout: Layout; readonly c: CName | undefined };
  readonly slot: (at: number) => Slot<V>;
}
// biome-ignore lint/suspicious/noExplicitAny: a layout holds fields of every type, each of which `Values` gives back
export type Layout = Readonly<Record<string, Field<any>>>;
export type ValueOf<F> = F extends Field<infer V> ? V : never;
export type Values<L extends Layout> = { -readonly [K in keyof L]: ValueOf<L[K]> };
export type Slots<Info> = { readonly [K in keyof Info]: Slot<Info[K]> };

export const sameBytes =
  (at: number, size: number): Slot<unknown>["same"] =>
  (a, aBase, b, bBase) => {
    for (let i = at; i < at + size; i++) if (a[aBase + i] !== b[bBase + i]) return false;
    return true;
  };
