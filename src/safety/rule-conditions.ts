import { protocolNumber } from "../model/protocol.js";
import { isNot, type Negatable, type Part, type Rule } from "../model/rule.js";
import { networkBounds } from "./address-bounds.js";
import { Conditions } from "./conditions.js";
import { DESTINATION, type Field, IN, interfaces, OUT, PROTOCOL, SOURCE } from "./field.js";
import { matchConditions } from "./match-conditions.js";
import type { Scene } from "./scene.js";

/** What rules of one scene ask of packets. Parts are shared by many rules, and so is what they mean. */
export class RuleReader {
  readonly scene: Scene;
  readonly #parts = new WeakMap<Part, Conditions>();
  constructor(scene: Scene) {
    this.scene = scene;
  }

  conditions(rule: Rule): Conditions {
    const to = new Conditions(this.scene);
    network(to, SOURCE, rule.source);
    network(to, DESTINATION, rule.destination);
    to.option(IN, rule.inInterface, interfaces);
    to.option(OUT, rule.outInterface, interfaces);
    // Protocol 0 is any.
    if (rule.protocol !== undefined && rule.protocol !== 0)
      to.option(PROTOCOL, rule.protocol, (one) => [protocolNumber(one), protocolNumber(one) + 1]);
    // Packets of plain connections come whole.
    if (rule.fragment !== undefined) to.fact(isNot(rule.fragment));
    if (rule.matches) for (const part of rule.matches) to.add(this.#part(part));
    return to;
  }
  #part(part: Part): Conditions {
    const known = this.#parts.get(part);
    if (known) return known;
    const made = new Conditions(this.scene);
    matchConditions(part, made);
    this.#parts.set(part, made);
    return made;
  }
}

function network(to: Conditions, field: Field, value: Negatable<string> | undefined): void {
  if (value === undefined) return;
  const not = isNot(value),
    set = networkBounds(not ? value.not : value, to.scene.family);
  if (set === undefined) to.doubt("a mask with many holes");
  else to.field(field, set, not);
}
