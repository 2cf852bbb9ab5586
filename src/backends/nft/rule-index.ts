import { Attributes } from "../../netlink/attributes.js";
import { type Answer, attributesOf } from "../../netlink/replies.js";
import type { Value } from "./fields.js";
import { DATA, ELEMENT, EXPRESSION, IMMEDIATE, RULE, VERDICT } from "./wire.js";

/** Where the rules of a table lie in the dump that listed them, chain by chain. */
export interface RuleIndex {
  readonly bytes: Uint8Array;
  readonly handles: readonly number[];
  /** From and to of the nest of expressions, two numbers a rule. */
  readonly expressions: readonly number[];
  /** Likewise what else nft keeps with it; 0 and 0 where there is nothing. */
  readonly userdata: readonly number[];
  /** The first rule of each chain that has some, and how many there are. */
  readonly runs: ReadonlyMap<string, { readonly first: number; length: number }>;
}

/** Of a table whose rules nobody asked for. */
export const NOT_LISTED: RuleIndex = {
  bytes: new Uint8Array(0),
  handles: [],
  expressions: [],
  userdata: [],
  runs: new Map(),
};

/** Makes an index of rules as they are listed. */
export class RuleIndexer {
  readonly #isShown: (chain: string) => boolean;
  readonly #handles: number[] = [];
  readonly #expressions: number[] = [];
  readonly #userdata: number[] = [];
  readonly #runs = new Map<string, { readonly first: number; length: number }>();
  #bytes: Uint8Array = new Uint8Array(0);
  #chain: Uint8Array = new Uint8Array(0);
  #run: { readonly first: number; length: number } | undefined;
  #isScattered = false;
  constructor(isShown: (chain: string) => boolean) {
    this.#isShown = isShown;
  }
  add(answer: Answer): void {
    const { bytes } = answer,
      a = attributesOf(answer);
    let handle = 0,
      from = 0,
      to = 0,
      userFrom = 0,
      userTo = 0,
      isNamed = false;
    while (a.next())
      if (a.type === RULE.chain) {
        isNamed = true;
        if (!isSame(bytes, a.at, a.end, this.#chain)) this.#begin(a);
      } else if (a.type === RULE.handle) handle = Number(a.be64());
      else if (a.type === RULE.expressions) {
        from = a.at;
        to = a.end;
      } else if (a.type === RULE.userdata) {
        userFrom = a.at;
        userTo = a.end;
      }
    if (!isNamed || !this.#run) return;
    this.#bytes = bytes;
    this.#run.length++;
    this.#handles.push(handle);
    this.#expressions.push(from, to);
    this.#userdata.push(userFrom, userTo);
  }
  /** Undefined where a chain's rules do not stand together, as only a torn list has it. */
  index(): RuleIndex | undefined {
    if (this.#isScattered) return undefined;
    return {
      bytes: this.#bytes,
      handles: this.#handles,
      expressions: this.#expressions,
      userdata: this.#userdata,
      runs: this.#runs,
    };
  }
  #begin(a: Attributes): void {
    const name = a.text();
    this.#chain = a.data();
    this.#isScattered ||= this.#runs.has(name);
    this.#run = this.#isShown(name) ? { first: this.#handles.length, length: 0 } : undefined;
    if (this.#run) this.#runs.set(name, this.#run);
  }
}
function isSame(m: Uint8Array, from: number, to: number, other: Uint8Array): boolean {
  if (to - from !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (m[from + i] !== other[i]) return false;
  return true;
}

/** The data of the last expression of that name in `bytes[from, to)`. */
export function expressionNamed(
  bytes: Uint8Array,
  from: number,
  to: number,
  name: string,
): Value | undefined {
  let found: Value | undefined;
  for (const a = new Attributes(bytes, from, to); a.next(); ) {
    if (a.type !== ELEMENT) continue;
    let own = "",
      data: Value | undefined;
    for (const e = a.nest(); e.next(); )
      if (e.type === EXPRESSION.name) own = e.text();
      else if (e.type === EXPRESSION.data) data = { at: e.at, length: e.length };
    if (own === name && data) found = data;
  }
  return found;
}

/** The chain that the data of an immediate expression leads to, if it does. */
export function chainIn(immediate: Attributes): string | undefined {
  while (immediate.next())
    if (immediate.type === IMMEDIATE.data)
      for (const value = immediate.nest(); value.next(); )
        if (value.type === DATA.verdict)
          for (const verdict = value.nest(); verdict.next(); )
            if (verdict.type === VERDICT.chain) return verdict.text();
  return undefined;
}
