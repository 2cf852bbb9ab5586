import { fail } from "../errors.js";
import { integer, type Masked, numberEdges } from "./kinds-number.js";
import type { Has, Kind } from "./option-form.js";

/** The bits of the service type that RFC 1349 names; iptables names values under this mask. */
const NAMED_MASK = 0x3f,
  FULL = 0xff;
const NAMES: ReadonlyMap<string, number> = new Map([
  ["minimize-delay", 0x10],
  ["maximize-throughput", 0x08],
  ["maximize-reliability", 0x04],
  ["minimize-cost", 0x02],
  ["normal-service", 0x00],
]);
const twoDigits = (n: number): string => `0x${n.toString(16).padStart(2, "0")}`;

/** The TOS byte of IPv4, the traffic class of IPv6: `value[/mask]`, or a name. */
export function tosValue<V extends string, M extends string>(value: V, mask: M): Kind<Has<V | M>, Masked> {
  return {
    edges: [...NAMES.keys(), "Normal-Service", "0/0", "0xff/0x3f", "1/0x100", "1/", ...numberEdges(FULL)],
    parse([word = ""]) {
      const named = NAMES.get(word.toLowerCase());
      if (named !== undefined) return { value: named, mask: NAMED_MASK };
      if (!/^[\s+]*\d/.test(word)) fail(`"${word}" is none of ${[...NAMES.keys()].join(", ")}`);
      const [number = "", under, more] = word.split("/");
      if (more !== undefined) fail(`"${word}" is not VALUE/MASK`);
      const bits = integer(number, FULL),
        mask = under === undefined ? FULL : integer(under, FULL);
      return mask === FULL ? bits : { value: bits, mask };
    },
    print: (tos) =>
      typeof tos === "number"
        ? `${twoDigits(tos)}/${twoDigits(FULL)}`
        : `${twoDigits(tos.value)}/${twoDigits(tos.mask)}`,
    bind: ({ [value]: v, [mask]: m }) => ({
      store(b, o, tos) {
        v.set(b, o, typeof tos === "number" ? tos : tos.value);
        m.set(b, o, typeof tos === "number" ? FULL : tos.mask);
      },
      load(b, o) {
        const under = m.get(b, o);
        return under === FULL ? v.get(b, o) : { value: v.get(b, o), mask: under };
      },
    }),
  };
}
