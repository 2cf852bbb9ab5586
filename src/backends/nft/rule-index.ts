import { Slices } from "../../model/slices.js";
import { Attributes } from "../../netlink/attributes.js";
import { type Answer, attributesOf } from "../../netlink/replies.js";
import type { Value } from "./fields.js";
import { ELEMENT, EXPRESSION, RULE } from "./wire.js";

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

/** Undefined where a chain's rules do not stand together, as only a torn dump has it. */
export async function indexRules(
  answers: readonly Answer[],
  isShown: (chain: string) => boolean,
): Promise<RuleIndex | undefined> {
  const slices = new Slices("read"),
    handles: number[] = [],
    expressions: number[] = [],
    userdata: number[] = [],
    runs = new Map<string, { readonly first: number; length: number }>();
  let chain: string | undefined, run: { readonly first: number; length: number } | undefined;
  for (const answer of answers) {
    let handle = 0,
      from = 0,
      to = 0,
      userFrom = 0,
      userTo = 0,
      name: string | undefined;
    for (const a = attributesOf(answer); a.next(); )
      if (a.type === RULE.chain) name = a.text();
      else if (a.type === RULE.handle) handle = Number(a.be64());
      else if (a.type === RULE.expressions) [from, to] = [a.at, a.end];
      else if (a.type === RULE.userdata) [userFrom, userTo] = [a.at, a.end];
    if (name === undefined) continue;
    if (name !== chain) {
      chain = name;
      if (runs.has(name)) return undefined;
      run = isShown(name) ? { first: handles.length, length: 0 } : undefined;
      if (run) runs.set(name, run);
    }
    if (slices.due()) await slices.pause();
    if (!run) continue;
    run.length++;
    handles.push(handle);
    expressions.push(from, to);
    userdata.push(userFrom, userTo);
  }
  return { bytes: answers[0]?.bytes ?? new Uint8Array(0), handles, expressions, userdata, runs };
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
