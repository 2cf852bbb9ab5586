/** What is known of a set of addresses, an ipset. JSON-safe. */
export interface SetContents {
  /** Addresses and networks that it holds, all of one family. */
  readonly members: readonly string[];
  /** Of which addresses and networks that is known. Undefined: of all, it holds no others. */
  readonly among?: readonly string[];
}
