import type { Family } from "../model/family.js";
import { isOpaque, isVerdict, type Options, type Part, type Rule } from "../model/rule.js";
import { numbers } from "./field.js";
import { type NatRange, natRangeOf } from "./nat-words.js";

/** What a rule does to packets that it matches. */
export type Action =
  | { readonly do: "continue" }
  | { readonly do: "accept" }
  | { readonly do: "return" }
  /** `reset`: the sender is told so that its connection ends for good. */
  | { readonly do: "drop"; readonly how: string; readonly reset: boolean }
  | { readonly do: "jump" | "goto"; readonly chain: string }
  /** mark = (mark & ~mask) ^ value; undefined: it may be anything afterwards. */
  | { readonly do: "mark"; readonly value?: number; readonly mask: number }
  | { readonly do: "notrack" }
  /** Tracked, but not as a plain connection of the usual zone. */
  | { readonly do: "zone"; readonly what: string }
  | { readonly do: "redirect"; readonly to: NatRange }
  | { readonly do: "dnat"; readonly to: NatRange }
  | { readonly do: "snat"; readonly what: string }
  /** Where no program listens the packet is lost, unless it may pass by. */
  | {
      readonly do: "queue";
      readonly queues: readonly [first: number, last: number];
      readonly bypass: boolean;
    }
  /** Decided by something else than the rules. */
  | { readonly do: "unknown"; readonly what: string };

const CONTINUE: Action = { do: "continue" },
  ALL = 0xffff_ffff;
/** Targets that change nothing that a later rule asks about, and let the packet go on. */
const HARMLESS = new Set(
  `LOG NFLOG AUDIT CHECKSUM CLASSIFY CONNSECMARK DSCP ECN IDLETIMER LED RATEEST SECMARK SET TCPMSS TCPOPTSTRIP TEE TOS
   TRACE`.split(/\s+/),
);
const UNKNOWN = (name: string): Action => ({ do: "unknown", what: `-j ${name}` });

type Masked = number | { readonly value: number; readonly mask: number };
type Meaning = (options: Options, family: Family) => Action;
function setMark({ setXmark }: Options): Action {
  const to = setXmark as Masked;
  return typeof to === "number"
    ? { do: "mark", value: to, mask: ALL }
    : { do: "mark", value: to.value, mask: to.mask };
}
function connmark({ restoreMark, nfmask }: Options): Action {
  return restoreMark ? { do: "mark", mask: (nfmask as number | undefined) ?? ALL } : CONTINUE;
}
function ct(o: Options): Action {
  if (o.notrack) return { do: "notrack" };
  const zoned = o.zone ?? o.zoneOrig ?? o.zoneReply;
  return zoned === undefined ? CONTINUE : { do: "zone", what: "-j CT --zone" };
}
function redirect({ toPorts }: Options): Action {
  const ports = toPorts as number | readonly [number, number] | undefined;
  return {
    do: "redirect",
    to: { addresses: undefined, ports: ports === undefined ? undefined : numbers(ports) },
  };
}
/** A packet that leaves with few hops to go may not arrive. */
const ENOUGH_HOPS = 32;
const hops =
  (name: "ttl" | "hl", target: string): Meaning =>
  (o) => {
    const set = o[`${name}Set`] as number | undefined;
    return o[`${name}Inc`] !== undefined || (set ?? 0) >= ENOUGH_HOPS ? CONTINUE : UNKNOWN(target);
  };

const MEANINGS: Readonly<Record<string, Meaning>> = {
  REJECT: ({ rejectWith }) => ({ do: "drop", how: "REJECT", reset: rejectWith === "tcp-reset" }),
  MARK: setMark,
  HMARK: () => ({ do: "mark", mask: ALL }),
  CONNMARK: connmark,
  CT: ct,
  NOTRACK: () => ({ do: "notrack" }),
  REDIRECT: redirect,
  DNAT: ({ toDestination }, family) => ({ do: "dnat", to: natRangeOf(toDestination as string, family) }),
  SNAT: () => ({ do: "snat", what: "-j SNAT" }),
  MASQUERADE: () => ({ do: "snat", what: "-j MASQUERADE" }),
  TTL: hops("ttl", "TTL"),
  HL: hops("hl", "HL"),
  NFQUEUE: nfqueue,
};
function nfqueue({ queueNum, queueBalance, queueBypass }: Options): Action {
  const one = (queueNum as number | undefined) ?? 0;
  const queues = (queueBalance as readonly [number, number] | undefined) ?? ([one, one] as const);
  return { do: "queue", queues, bypass: queueBypass === true };
}

function targetAction(part: Part, family: Family): Action {
  if (isOpaque(part)) return UNKNOWN(part.name);
  if (HARMLESS.has(part.name)) return CONTINUE;
  return MEANINGS[part.name]?.(part.options, family) ?? UNKNOWN(part.name);
}
export function actionOf({ jump, goto: to }: Rule, family: Family): Action {
  if (to !== undefined) return { do: "goto", chain: to };
  if (jump === undefined) return CONTINUE;
  if (typeof jump === "object") return targetAction(jump, family);
  if (!isVerdict(jump)) return { do: "jump", chain: jump };
  if (jump === "ACCEPT") return { do: "accept" };
  if (jump === "RETURN") return { do: "return" };
  if (jump === "DROP") return { do: "drop", how: "DROP", reset: false };
  return { do: "queue", queues: [0, 0], bypass: false };
}

/** The word for it in a path. */
export function named(rule: Rule): string {
  if (rule.goto !== undefined) return `goto ${rule.goto}`;
  if (rule.jump === undefined) return "count";
  if (typeof rule.jump === "object") return rule.jump.name;
  return isVerdict(rule.jump) ? rule.jump : `jump ${rule.jump}`;
}
