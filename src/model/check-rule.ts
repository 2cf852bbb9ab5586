import { fail } from "../errors.js";
import type { Count, Counters } from "./counters.js";
import { isNot, type Rule } from "./rule.js";

/** A field that nobody reads would leave the rule wider than it was meant: `{ sourse: "192.0.2.1", jump: "DROP" }`. */
type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const orNot =
  (check: Check): Check =>
  (value) =>
    check(isObject(value) && isNot(value) ? value.not : value);
const text: Check = (value) => typeof value === "string";
const network = orNot(text);
const part: Check = (value) =>
  isObject(value) &&
  "name" in value &&
  typeof value.name === "string" &&
  "options" in value &&
  isObject(value.options);

const LARGEST = 0xffff_ffff_ffff_ffffn;
export const isCount = (value: unknown): value is Count =>
  typeof value === "number"
    ? Number.isSafeInteger(value) && value >= 0
    : typeof value === "string" && /^\d+$/.test(value) && BigInt(value) <= LARGEST;
const isCounters = (value: unknown): value is Counters =>
  isObject(value) && "packets" in value && "bytes" in value && isCount(value.packets) && isCount(value.bytes);

const FIELDS: Readonly<Record<keyof Rule, readonly [check: Check, what: string]>> = {
  source: [network, 'a network, or { not: "..." }'],
  destination: [network, 'a network, or { not: "..." }'],
  inInterface: [network, 'an interface, or { not: "..." }'],
  outInterface: [network, 'an interface, or { not: "..." }'],
  protocol: [orNot((value) => text(value) || typeof value === "number"), "a protocol's name or number"],
  fragment: [orNot((value) => value === true), "true, or { not: true }"],
  matches: [(value) => Array.isArray(value) && value.every(part), "a list of matches"],
  jump: [(value) => text(value) || part(value), "a verdict, a chain or a target"],
  goto: [text, "a chain"],
  counters: [isCounters, "{ packets, bytes } of whole numbers from 0 to 2^64 - 1"],
};
const CHECKS = new Map(Object.entries(FIELDS));

/**
 * Refuses what only looks like a rule, as it may come from JSON or plain JavaScript: the compiler refuses it elsewhere.
 * Values are looked at more closely when they become bytes.
 */
export function checkRule(rule: Rule): void {
  if (!isObject(rule)) return fail(`a rule is an object, not ${JSON.stringify(rule)}`);
  for (const key in rule) {
    const known =
        CHECKS.get(key) ?? fail(`a rule has no field "${key}": it has ${[...CHECKS.keys()].join(", ")}`),
      value = rule[key as keyof Rule];
    if (value !== undefined && !known[0](value)) fail(`${key} is ${known[1]}, not ${JSON.stringify(value)}`);
  }
}
export function checkCounters(counters: Counters): void {
  if (!isCounters(counters)) fail(`counters are ${FIELDS.counters[1]}, not ${JSON.stringify(counters)}`);
}
