import { isNot, type Negatable } from "../model/rule.js";
import { type Bounds, isEmpty } from "./bounds.js";
import { complement, every, type Field } from "./field.js";
import type { Doubt } from "./packets.js";
import type { Scene } from "./scene.js";

/** `(mark & mask) == value`, or not. */
export interface MarkCondition {
  readonly value: number;
  readonly mask: number;
  readonly not: boolean;
}
/** Packets match where either field has one of the values: `multiport --ports`. */
export interface Either {
  readonly fields: readonly [Field, Field];
  readonly set: Bounds;
}
/** A conntrack state that NAT stands for: met by packets of a connection whose destination was changed, whatever their state. */
export interface NatState {
  readonly states: Bounds;
  readonly mapped: boolean;
  readonly not: boolean;
}

/** What a packet must be for a match, a rule or a part of one: all of it. Gathered, then only read. */
export class Conditions {
  readonly scene: Scene;
  readonly fields: (readonly [field: Field, set: Bounds])[] = [];
  readonly marks: MarkCondition[] = [];
  readonly eithers: Either[] = [];
  readonly natStates: NatState[] = [];
  readonly doubts: Doubt[] = [];
  /** Nothing matches. */
  never = false;
  constructor(scene: Scene) {
    this.scene = scene;
  }

  field(field: Field, set: Bounds, not = false): void {
    const wanted = not ? complement(set, field, this.scene.family) : set;
    if (isEmpty(wanted)) this.never = true;
    else if (wanted !== every(field, this.scene.family)) this.fields.push([field, wanted]);
  }
  /** An option's value, `!` and all. */
  option<V>(field: Field, value: Negatable<V> | undefined, toSet: (value: V) => Bounds): void {
    if (value === undefined) return;
    const not = isNot(value);
    this.field(field, toSet(not ? value.not : (value as V)), not);
  }
  /** A fact: the match holds or does not. */
  fact(holds: boolean): void {
    if (!holds) this.never = true;
  }
  /** `fresh`: of a limiter, whether it matches the first packet that it sees. */
  doubt(what: string, fresh?: boolean): void {
    this.doubts.push(fresh === undefined ? { kind: "host", what } : { kind: "rate", what, fresh });
  }
  /** A fact if it is known, else a doubt. */
  factOr(holds: boolean | undefined, not: boolean, what: string): void {
    if (holds === undefined) this.doubt(what);
    else this.fact(holds !== not);
  }
  /** Takes over what another one has gathered for the same scene. */
  add(other: Conditions): void {
    if (other.never) this.never = true;
    this.fields.push(...other.fields);
    this.marks.push(...other.marks);
    this.eithers.push(...other.eithers);
    this.natStates.push(...other.natStates);
    this.doubts.push(...other.doubts);
  }
}
