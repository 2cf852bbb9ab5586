import { fail } from "../errors.js";
import type { Context } from "./extension.js";
import { ANY_PORT, type Range, unlessWhole } from "./kinds.js";
import { type Has, type Kind, type Option, printedIf, unless } from "./option.js";

/** The ports of a packet's source or destination, as `key`; negation is bit `mask` of the field "inverted". */
export const portOption = <A extends string, B extends string>(
  key: string,
  mask: number,
  ports: Kind<Has<A | B>, Range>,
): Option<Has<A | B> & Has<"inverted">, Range, true> =>
  printedIf(unlessWhole(key, ANY_PORT[1]), unless(ANY_PORT, ports, "inverted", mask));

/**
 * A port in base 10 as the resolver reads it, of which 16 bits are kept: 65536 is port 0, and so is no word at all. Or the
 * name of a service.
 */
export function wrappedPort(word: string, ctx: Context): number {
  if (word === "") return 0;
  const [, sign, digits] = /^\s*([+-]?)(\d+)$/.exec(word) ?? [];
  if (digits === undefined) return ctx.names.port(word) ?? fail(`invalid port/service "${word}"`);
  const n = BigInt(digits),
    int = BigInt.asIntN(32, sign === "-" ? -n : n);
  // A negative int says that there is no such port; so does strtoul of what is beyond 64 bits.
  return n < 2n ** 64n && int >= 0n ? Number(int & 0xffffn) : fail(`"${word}" is no port`);
}
