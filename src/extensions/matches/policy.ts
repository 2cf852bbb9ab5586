import { inetAddr, inner, struct, u8, u16, u32 } from "../../codec/struct.js";
import { isNot, type Negatable, type Options } from "../../model/rule.js";
import { match } from "../define.js";
import { hex, integer, mapped, network, uint } from "../kinds.js";
import { always, fail, flags, type Has, type Kind, printedIf, required } from "../option.js";
import { again, within } from "../option-again.js";

const element = struct("xt_policy_elem", "linux/netfilter/xt_policy.h", {
  saddr: inetAddr,
  smask: inetAddr,
  daddr: inetAddr,
  dmask: inetAddr,
  spi: u32,
  reqid: u32,
  proto: u8,
  mode: u8,
  match: u8,
  invert: u8,
});
const info = struct(
  "xt_policy_info",
  "linux/netfilter/xt_policy.h",
  {
    first: inner(element),
    second: inner(element),
    third: inner(element),
    fourth: inner(element),
    flags: u16,
    len: u16,
  },
  { first: "pol[0]", second: "pol[1]", third: "pol[2]", fourth: "pol[3]" },
);
const STRICT = 8,
  NONE = 4,
  MAX = 0xffff_ffff;

/** One of the words, as bits of a field that others share. */
function among<F extends string, const T extends Readonly<Record<string, number>>>(
  field: F,
  names: T,
): Kind<Has<F>, keyof T & string> {
  const words = Object.keys(names) as (keyof T & string)[],
    mask = words.reduce((all, word) => all | names[word]!, 0);
  return {
    parse: ([word = ""]) =>
      words.find((one) => one === word) ?? fail(`"${word}" is none of ${words.join(", ")}`),
    print: (word) => word,
    bind: ({ [field]: slot }) => ({
      store: (b, o, word) => slot.set(b, o, (slot.get(b, o) & ~mask) | names[word]!),
      load: (b, o) =>
        words.find((word) => names[word] === (slot.get(b, o) & mask)) ?? fail(`unknown bits in ${field}`),
    }),
  };
}
const PROTOCOLS = { esp: 50, ah: 51, ipcomp: 108 } as const;
type IpsecProtocol = keyof typeof PROTOCOLS;
const named = (number: number): IpsecProtocol =>
  (Object.keys(PROTOCOLS) as IpsecProtocol[]).find((name) => PROTOCOLS[name] === number) ??
  fail("policy: the protocol must be ah, esp or ipcomp");
const proto = mapped("proto", (name: IpsecProtocol) => PROTOCOLS[name], named, {
  parse: (word) => (Object.hasOwn(PROTOCOLS, word) ? (word as IpsecProtocol) : named(integer(word, 255))),
  print: (name) => name,
});

/** What one transformation of a packet must be. */
export interface PolicyElement {
  /** The request id of the policy, 0 to 4294967295. */
  readonly reqid?: Negatable<number>;
  /** The Security Parameter Index, 0 to 4294967295. */
  readonly spi?: Negatable<number>;
  /** The encapsulating protocol. */
  readonly proto?: Negatable<IpsecProtocol>;
  /** What is wrapped up: the payload, or the whole packet. */
  readonly mode?: Negatable<"transport" | "tunnel">;
  /** The far end of the tunnel; `mode: "tunnel"` only. */
  readonly tunnelDst?: Negatable<string>;
  /** The near end. */
  readonly tunnelSrc?: Negatable<string>;
}
const given = flags("match", "invert");
const ELEMENT = {
  reqid: given(0x20, uint("reqid", MAX)),
  spi: given(0x10, { ...uint("spi", MAX), print: hex }),
  proto: given(0x4, proto),
  mode: given(0x8, among("mode", { transport: 0, tunnel: 1 })),
  tunnelDst: given(0x2, network("daddr", "dmask")),
  tunnelSrc: given(0x1, network("saddr", "smask")),
};
/** Beside `--pol none` an element is kept, but means nothing, and is not printed. */
const counts = (o: Options): boolean => o.pol !== "none";

function checkElement(e: PolicyElement, strict: boolean, at: number): void {
  if (strict && Object.keys(ELEMENT).every((key) => e[key as keyof PolicyElement] === undefined))
    fail(`policy: element ${at} is empty, and --strict asks for at least one condition`);
  const tunnel = isNot(e.mode) ? e.mode.not === "transport" : e.mode === "tunnel";
  if ((e.tunnelSrc !== undefined || e.tunnelDst !== undefined) && !tunnel)
    fail("policy: --tunnel-src and --tunnel-dst are for --mode tunnel");
}

/**
 * `-m policy`: the IPsec policy that the packet was, or will be, handled by.
 *
 * @example policy({ dir: "in", pol: "ipsec", proto: "esp" })
 */
export const policy = match("policy", {
  revision: 0,
  info,
  need: ["dir"],
  again: { by: "next", keys: Object.keys(ELEMENT) },
  options: {
    /** The policy by which the packet was decapsulated, or by which it will be encapsulated. */
    dir: required(among("flags", { in: 1, out: 2 })),
    /** Whether there is such a policy. Default: ipsec. */
    pol: always("ipsec", among("flags", { ipsec: 0, none: NONE })),
    /** All transformations are compared, in order; otherwise it is enough that one fits. */
    strict: flags("flags")(STRICT),
    /** The policy's request id, 0 to 4294967295. */
    reqid: printedIf(counts, within("first", ELEMENT.reqid)),
    /** The Security Parameter Index, 0 to 4294967295. */
    spi: printedIf(counts, within("first", ELEMENT.spi)),
    /** The encapsulating protocol. */
    proto: printedIf(counts, within("first", ELEMENT.proto)),
    /** What was, or will be, wrapped up: the payload, or the whole packet. */
    mode: printedIf(counts, within("first", ELEMENT.mode)),
    /** The tunnel's far end, an address with or without a mask; `mode: "tunnel"` only. */
    tunnelDst: printedIf(counts, within("first", ELEMENT.tunnelDst)),
    /** The tunnel's near end. */
    tunnelSrc: printedIf(counts, within("first", ELEMENT.tunnelSrc)),
    /** Up to three transformations behind the first; `strict` only. */
    next: again<PolicyElement>({
      by: "next",
      of: ELEMENT,
      fields: ["second", "third", "fourth"],
      count: "len",
    }),
  },
  fixed: { len: 1 },
  finish:
    ({ flags, len }) =>
    (b, o) => {
      if (flags.get(b, o) & NONE) len.set(b, o, 0);
    },
  check: (o) => {
    const strict = o.strict === true;
    if (o.next && !strict) fail("policy: --next needs --strict");
    if (o.pol === "none" && strict) fail("policy: --strict asks for --pol ipsec");
    if (o.pol === "none") return;
    checkElement(o as PolicyElement, strict, 0);
    const next = (o.next ?? []) as readonly PolicyElement[];
    for (const [i, one] of next.entries()) checkElement(one, strict, i + 1);
  },
});
