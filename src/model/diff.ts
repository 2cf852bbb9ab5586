import type { Chain } from "./chain.js";
import { type Counters, isZero } from "./counters.js";
import type { Policy } from "./family.js";
import { Recounted, RuleList, sourceIndex } from "./rule-list.js";
import type { Table } from "./table.js";

/** One step from what a table is to what it shall be. Positions count from 0, in the chain as earlier steps left it. */
export type Change =
  /** Every chain empty, every user chain gone, policies as they were. */
  | { readonly op: "reset" }
  | { readonly op: "create"; readonly chain: string }
  | { readonly op: "delete"; readonly chain: string }
  | { readonly op: "flush"; readonly chain: string }
  | { readonly op: "rename"; readonly chain: string; readonly to: string }
  | { readonly op: "policy"; readonly chain: string; readonly policy: Policy; readonly counters?: Counters }
  /** Rules `from` to `to` (exclusive) of `rules`, put at `position`, or at the end where that is undefined. */
  | {
      readonly op: "insert";
      readonly chain: string;
      readonly position?: number;
      readonly rules: RuleList;
      readonly from: number;
      readonly to: number;
    }
  | { readonly op: "remove"; readonly chain: string; readonly position: number; readonly count: number }
  /** Undefined counters are counters set to zero, without losing what was counted meanwhile. */
  | {
      readonly op: "counters";
      readonly chain: string;
      readonly position: number;
      readonly counters?: Counters;
    };

/**
 * The steps from `base` to `next`: rules that are the same keep their place in the kernel, and with it their live counters.
 * Where the two have nothing in common (`next` was not made from `base`), everything is replaced.
 */
export function* changes(base: Table | undefined, next: Table): Generator<Change> {
  if (!base || base.source !== next.source || clashes(base, next)) return yield* replacement(next);
  const before = new Map(base.chains.map((name) => [name, base.chain(name)]));
  const after = next.chains.map((name) => next.chain(name));
  const kept = new Set(after.map((chain) => chain.origin));
  const gone = [...before.keys()].filter((name) => !kept.has(name));
  for (const { origin, name } of after)
    if (origin !== undefined && origin !== name) yield { op: "rename", chain: origin, to: name };
  for (const { origin, name } of after) if (origin === undefined) yield { op: "create", chain: name };
  for (const chain of gone) if (before.get(chain)!.slots.length > 0) yield { op: "flush", chain };
  for (const chain of after) {
    const old = chain.origin === undefined ? undefined : before.get(chain.origin)!;
    yield* policyChange(old, chain);
    if (old?.slots !== chain.slots) yield* ruleChanges(old, chain, next.rules(chain.name));
  }
  for (const chain of gone) yield { op: "delete", chain };
}

/** A name that is taken over from another chain cannot be reached by renaming and creating one at a time. */
function clashes(base: Table, next: Table): boolean {
  return next.chains.some((name) => {
    const { origin } = next.chain(name);
    return origin !== name && base.has(name);
  });
}

function* replacement(next: Table): Generator<Change> {
  yield { op: "reset" };
  const chains = next.chains.map((name) => next.chain(name));
  for (const { name, builtIn } of chains) if (!builtIn) yield { op: "create", chain: name };
  for (const { name, policy, counters } of chains)
    if (policy) yield { op: "policy", chain: name, policy, counters };
  for (const { name, slots } of chains)
    if (slots.length > 0)
      yield { op: "insert", chain: name, rules: next.rules(name), from: 0, to: slots.length };
}

function* policyChange(old: Chain | undefined, { name, policy, counters }: Chain): Generator<Change> {
  if (!policy || (old?.policy === policy && old.counters === counters)) return;
  yield { op: "policy", chain: name, policy, ...(old?.counters !== counters && { counters }) };
}

/** Edits never change the order of rules that were read: a rule that is moved becomes a new rule in its new place. */
function* ruleChanges(old: Chain | undefined, { name, slots }: Chain, rules: RuleList): Generator<Change> {
  const behind = old && slots.behind(old.slots);
  if (behind) {
    const added = new RuleList(behind, undefined, new Map());
    return yield { op: "insert", chain: name, rules: added, from: 0, to: added.length };
  }
  const length = old?.slots.length ?? 0,
    first = length > 0 ? sourceIndex(old!.slots.at(0))! : 0,
    same = old ? slots.sharedWith(old.slots) : 0;
  /** The next rule of the old chain that is neither kept nor removed yet, and how many follow, itself included. */
  let expected = first + same,
    left = length - same;
  /** New rules are gathered from here, so that a run of them is one step. */
  let from = same;
  for (let i = same; i < slots.length; i++) {
    const slot = slots.at(i),
      index = sourceIndex(slot);
    if (index === undefined) continue;
    if (i > from) yield { op: "insert", chain: name, position: from, rules, from, to: i };
    from = i + 1;
    if (index > expected) yield { op: "remove", chain: name, position: i, count: index - expected };
    left -= index - expected + 1;
    expected = index + 1;
    if (slot instanceof Recounted)
      yield {
        op: "counters",
        chain: name,
        position: i,
        ...(!isZero(slot.counters) && { counters: slot.counters }),
      };
  }
  if (left > 0) yield { op: "remove", chain: name, position: from, count: left };
  if (slots.length > from) yield { op: "insert", chain: name, rules, from, to: slots.length };
}
