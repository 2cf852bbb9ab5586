import { isNot, type Negatable } from "../model/rule.js";
import { ANY_PORT, decimal, type integer, isAnyPort, type Range, range } from "./kinds.js";
import { type Has, type Option, printedIf, unless } from "./option.js";

/**
 * The ports of a packet's source or destination, as `key`; negation is bit `mask` of the field "inverted". iptables 1.8.9
 * says nothing about every port, not even about its negation.
 */
export const portOption = <A extends string, B extends string>(
  key: string,
  low: A,
  high: B,
  mask: number,
  number: typeof integer = decimal,
): Option<Has<A | B> & Has<"inverted">, Range, true> =>
  printedIf(
    (options) => {
      const ports = options[key] as Negatable<Range>;
      return !isNot(ports) || !isAnyPort(ports.not);
    },
    unless(ANY_PORT, range(low, high, 0xffff, number), "inverted", mask),
  );
