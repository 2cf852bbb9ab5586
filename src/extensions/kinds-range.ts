import { fail } from "../errors.js";
import { knownProtocol } from "../model/protocol.js";
import type { Context } from "./extension.js";
import { decimal, integer, numberEdges, numberIn, plainNumber, uint } from "./kinds-number.js";
import type { Has, Kind } from "./option-form.js";

/** One number, or both ends of a range. */
export type Range = number | readonly [from: number, to: number];
export const between = (from: number, to: number): Range => (from === to ? from : [from, to]);

/** `5`, `5:9`, `:9` or `5:`. */
export function parseRange(
  text: string,
  max: number,
  number: (word: string) => number = (word) => integer(word, max),
): Range {
  const colon = text.indexOf(":");
  if (colon < 0) return number(text);
  const low = text.slice(0, colon),
    high = text.slice(colon + 1);
  const from = low === "" ? 0 : number(low),
    to = high === "" ? max : number(high);
  return from <= to ? between(from, to) : fail(`range ${text} is backwards`);
}
/** Both ends at their bounds, missing, or the wrong way round. */
export const rangeEdges = (max: number): readonly string[] => [
  ...numberEdges(max),
  ...[`0:${max}`, "0:", `:${max}`, ":", "7:7", "7:8", "8:7", `${max}:0`, `1:${max + 1}`, "1:2:3", "1-2"],
];
export const printRange = (range: Range): string =>
  typeof range === "number" ? `${range}` : `${range[0]}:${range[1]}`;

type ParseNumber = (word: string, max: number) => number;
/** A port by number, or by its service's name. Some extensions take ports in base 10 only. */
export const portNumber =
  (ctx: Context, number: ParseNumber = integer, protocol?: string) =>
  (word: string): number =>
    plainNumber(word) >= 0 || /^[\s+\d-]/.test(word)
      ? number(word, 0xffff)
      : (ctx.names.port(word, protocol) ?? fail(`invalid port/service "${word}"`));

/** Every port. */
export const ANY_PORT = [0, 0xffff] as const satisfies Range;

/** Both ends in two fields. `ports`: how ports are numbered, names of services included; or false. */
export function range<A extends string, B extends string>(
  low: A,
  high: B,
  max: number,
  ports: ParseNumber | false = decimal,
): Kind<Has<A | B>, Range> {
  return {
    edges: rangeEdges(max),
    parse([word = ""], ctx) {
      const plain = plainNumber(word);
      return plain <= max ? plain : parseRange(word, max, ports ? portNumber(ctx, ports) : undefined);
    },
    print: printRange,
    bind: ({ [low]: a, [high]: z }) => ({
      store(b, o, value) {
        const one = typeof value === "number";
        a.set(b, o, one ? value : value[0]);
        z.set(b, o, one ? value : value[1]);
      },
      load: (b, o) => between(a.get(b, o), z.get(b, o)),
      rewrite(b, o, text, from, to) {
        const plain = plainNumber(text, from, to);
        if (!(plain <= max)) return false;
        a.set(b, o, plain);
        z.set(b, o, plain);
        return true;
      },
    }),
  };
}

export const parseProtocol = (word: string, ctx: Context): number =>
  numberIn(word) >= 0
    ? integer(word, 255)
    : (knownProtocol(word) ?? ctx.names.protocol(word.toLowerCase()) ?? fail(`unknown protocol "${word}"`));
/** A protocol's number, or its name. */
export function protocol<F extends string>(field: F): Kind<Has<F>, number> {
  return {
    ...uint(field, 0xffff),
    edges: ["tcp", "TCP", "icmp", "ipv6-icmp", "all", "", ...numberEdges(255)],
    // A number of more than a byte (mptcp) loses the rest, as in iptables.
    parse: ([word = ""], ctx) => parseProtocol(word, ctx) & 0xff,
  };
}
