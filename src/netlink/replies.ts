import { Attributes, host16, host32 } from "./attributes.js";
import { align4, HEADER, NFGENMSG, NLM_F, NLMSG_DONE, NLMSG_ERROR } from "./wire.js";

/** One of the kernel's objects. */
export interface Answer {
  readonly kind: "answer";
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** The message's payload, behind `nlmsghdr`: from `at` to before `end`. */
  readonly at: number;
  readonly end: number;
}
/** What the kernel says of a message: an errno of 0 acknowledges it, or ends a dump. */
export interface Outcome {
  readonly kind: "outcome";
  readonly flags: number;
  readonly sequence: number;
  /** Positive; ipset has numbers of its own above 4096. */
  readonly errno: number;
  /** The kernel's own words, where it had some (`NLMSGERR_ATTR_MSG`). */
  readonly message?: string;
  /** Which byte of the refused message is at fault, counted from its header (`NLMSGERR_ATTR_OFFS`). */
  readonly offset?: number;
  /** The refused message, or its header, as the kernel gives it back: from `at` to before `end`. */
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
}
export type Reply = Answer | Outcome;

/** `family` and attributes of an answer of nfnetlink. */
export const familyOf = ({ bytes, at }: Answer): number => bytes[at]!;
export const attributesOf = ({ bytes, at, end }: Answer, skip: number = NFGENMSG): Attributes =>
  new Attributes(bytes, at + skip, end);

const ATTR_MSG = 1,
  ATTR_OFFS = 2;

/** The messages of a conversation in their order. Whatever is cut short ends the walk. */
export function* replies(bytes: Uint8Array): Generator<Reply> {
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = host32(bytes, at),
      end = at + length;
    if (length < HEADER || end > bytes.length) return;
    const type = host16(bytes, at + 4),
      flags = host16(bytes, at + 6),
      sequence = host32(bytes, at + 8);
    if (type === NLMSG_ERROR || type === NLMSG_DONE) yield outcome(bytes, at, end, flags, sequence, type);
    else yield { kind: "answer", type, flags, sequence, bytes, at: at + HEADER, end };
    at += align4(length);
  }
}

function outcome(
  bytes: Uint8Array,
  from: number,
  end: number,
  flags: number,
  sequence: number,
  type: number,
): Outcome {
  const payload = from + HEADER,
    errno = end >= payload + 4 ? -host32(bytes, payload) | 0 : 0,
    at = Math.min(payload + 4, end);
  const whole = { kind: "outcome", flags, sequence, errno, bytes, at, end } as const;
  if ((flags & NLM_F.ackTlvs) === 0) return whole;
  // In an error the refused message stands before the attributes: whole, or its header alone where it was capped.
  const refused = type === NLMSG_DONE || at + HEADER > end ? 0 : host32(bytes, at),
    quoted = type === NLMSG_DONE ? 0 : (flags & NLM_F.capped) !== 0 ? HEADER : align4(refused);
  let message: string | undefined, offset: number | undefined;
  for (const a = new Attributes(bytes, at + quoted, end); a.next(); )
    if (a.type === ATTR_MSG) message = a.text();
    else if (a.type === ATTR_OFFS) offset = a.host32();
  return {
    ...whole,
    end: Math.min(at + quoted, end),
    ...(message !== undefined && { message }),
    ...(offset !== undefined && { offset }),
  };
}

/** Whether a dump was torn: what it lists changed meanwhile, so that it must be asked for again. */
export const interrupted = ({ flags }: Reply): boolean => (flags & NLM_F.dumpInterrupted) !== 0;
