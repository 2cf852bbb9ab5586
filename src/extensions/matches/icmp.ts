import { struct, u8 } from "../../codec/struct.js";
import { icmpNames } from "../../model/icmp-names.js";
import { match } from "../define.js";
import { choose, integer } from "../kinds.js";
import { fail, type Has, type Kind, required } from "../option.js";

const fields = { type: u8, codeMin: u8, codeMax: u8, inverted: u8 };
const names = { codeMin: "code[0]", codeMax: "code[1]", inverted: "invflags" };
const ipv4 = struct("ipt_icmp", "linux/netfilter_ipv4/ip_tables.h", fields, names);
const ipv6 = struct("ip6t_icmp", "linux/netfilter_ipv6/ip6_tables.h", fields, names);

/** A type, a type with a code (or a range of codes), or any. Names are for input only. */
export type IcmpType =
  | "any"
  | number
  | { readonly type: number; readonly code: number | readonly [from: number, to: number] };

type Codes = Exclude<IcmpType, number | string>["code"];
const codes = (from: number, to = from): Codes =>
  from === to ? from : from < to ? [from, to] : fail(`codes ${from}:${to} are backwards`);
const ANY = 255;
/** `any`: whether the family has a word for every type. */
const icmpType = (any: boolean): Kind<Has<"type" | "codeMin" | "codeMax">, IcmpType> => {
  const whole = (type: number): IcmpType => (any && type === ANY ? "any" : type);
  return {
    parse([word = ""], { family, profile }) {
      if (!/^\s*\+?\d/.test(word)) {
        const table = icmpNames(family, profile),
          [, type, code] = table[choose(table, word, "ICMP type")]!;
        return code === undefined ? whole(type) : { type, code };
      }
      const slash = word.indexOf("/"),
        type = integer(slash < 0 ? word : word.slice(0, slash), 255);
      if (slash < 0) return whole(type);
      if (slash === word.length - 1) fail(`no code in "${word}"`);
      const [from = "", to] = word.slice(slash + 1).split(":", 2);
      return { type, code: codes(integer(from, 255), to === undefined ? undefined : integer(to, 255)) };
    },
    // iptables prints a range of codes by its first.
    print(v, { profile }) {
      if (typeof v !== "object") return `${v}`;
      return any && v.type === ANY && profile.anyIcmpCode
        ? "any"
        : `${v.type}/${typeof v.code === "number" ? v.code : v.code[0]}`;
    },
    wordsOf: (v) => [
      typeof v === "object" ? `${v.type}/${typeof v.code === "number" ? v.code : v.code.join(":")}` : `${v}`,
    ],
    bind: ({ type, codeMin, codeMax }) => ({
      store(b, o, v) {
        const code = typeof v === "object" ? v.code : ([0, 255] as const),
          one = typeof code === "number";
        type.set(b, o, v === "any" ? ANY : typeof v === "number" ? v : v.type);
        codeMin.set(b, o, one ? code : code[0]);
        codeMax.set(b, o, one ? code : code[1]);
      },
      load(b, o) {
        const t = type.get(b, o),
          min = codeMin.get(b, o),
          max = codeMax.get(b, o);
        if (min === 0 && max === 255) return whole(t);
        return { type: t, code: min === max ? min : [min, max] };
      },
    }),
  };
};

/**
 * `-m icmp`, IPv4, behind `-p icmp`: the type of an ICMP message.
 *
 * @example icmp({ icmpType: 8 })
 */
export const icmp = match("icmp", {
  revision: 0,
  info: { ipv4 },
  need: ["icmpType"],
  options: {
    /** A type, 0 to 255, `{ type, code }`, or `any`; in text also a name, as `echo-request`. */
    icmpType: required(icmpType(true), "inverted", 1),
  },
});
/**
 * `-m icmp6`, IPv6, behind `-p icmpv6`: the type of an ICMPv6 message. `-m icmpv6` means this one too.
 *
 * @example icmp6({ icmpv6Type: 135 })
 */
export const icmp6 = match("icmp6", {
  revision: 0,
  info: { ipv6 },
  need: ["icmpv6Type"],
  options: {
    /** A type, 0 to 255, or `{ type, code }`; in text also a name, as `neighbour-solicitation`. */
    icmpv6Type: required(icmpType(false), "inverted", 1),
  },
});
