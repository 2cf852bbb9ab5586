import type { Transport } from "../native.js";
import type { Attributes } from "../netlink/attributes.js";
import { attributesOf, familyOf, replies } from "../netlink/replies.js";
import { ATTRIBUTE, align4, NET_BYTEORDER, NFPROTO, NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";

/** Objects of a subsystem of nfnetlink: how they are listed, how one is made, and what of its listing makes it anew. */
interface Kind {
  readonly list: number;
  readonly create: number;
  /** Attributes that every message begins with. */
  readonly head?: (writer: MessageWriter) => void;
  readonly listFlags?: (writer: MessageWriter) => void;
  readonly kept: readonly number[];
  /** A nest of which some attributes are none of a creation's. */
  readonly nest?: { readonly type: number; readonly dropped: readonly number[] };
}
/** linux/netfilter/ipset/ip_set.h: name, type, revision, family, data; not how much it holds and who uses it. */
const SETS: Kind = {
  list: (6 << 8) | 7,
  create: (6 << 8) | 2,
  head: (writer) => writer.u8(1, 6),
  listFlags: (writer) => writer.be32(6 | NET_BYTEORDER, 1 << 2),
  kept: [2, 3, 4, 5],
  // The size of the hash goes too: a copy stays empty.
  nest: { type: 7, dropped: [18, 24, 25, 26] },
};
/** linux/netfilter/nfnetlink_acct.h: name, flags, quota. */
const ACCOUNTING: Kind = { list: (7 << 8) | 1, create: 7 << 8, kept: [1, 5, 6] };
/** linux/netfilter/nfnetlink_cttimeout.h: name, protocols, data. */
const TIMEOUTS: Kind = { list: (8 << 8) | 1, create: 8 << 8, kept: [1, 2, 3, 4] };

/**
 * Makes what rules may refer to: sets (without entries), accounting objects, timeout policies of conntrack. The kernel's own
 * listing is said back to it, so that nothing need be known of them.
 */
export async function furnish(stage: Transport, real: Transport): Promise<void> {
  for (const kind of [SETS, ACCOUNTING, TIMEOUTS]) {
    const made = await copiesOf(kind, real);
    // What cannot be copied is missed by the rule that needs it, and named then.
    if (made.length > 0) await stage(made);
  }
}

async function copiesOf(
  { list, create, head, listFlags, kept, nest }: Kind,
  real: Transport,
): Promise<Uint8Array> {
  const request = new MessageWriter(),
    copies = new MessageWriter();
  request.begin({ type: list, flags: NLM_F.dump, sequence: 1, family: NFPROTO.ipv4 });
  head?.(request);
  listFlags?.(request);
  request.end();
  let sequence = 0;
  for (const reply of replies(await real(request.take()))) {
    // A kernel without such objects has none.
    if (reply.kind === "outcome") continue;
    copies.begin({
      type: create,
      flags: NLM_F.ack | NLM_F.create | NLM_F.exclusive,
      sequence: ++sequence,
      family: familyOf(reply),
    });
    head?.(copies);
    for (const a = attributesOf(reply); a.next(); )
      if (kept.includes(a.type)) copies.raw(whole(a));
      else if (a.type === nest?.type) {
        const open = copies.open(nest.type);
        for (const inner = a.nest(); inner.next(); )
          if (!nest.dropped.includes(inner.type)) copies.raw(whole(inner));
        copies.close(open);
      }
    copies.end();
  }
  return copies.take();
}
/** With its header and its padding. */
const whole = ({ bytes, at, end }: Attributes): Uint8Array =>
  bytes.subarray(at - ATTRIBUTE, at + align4(end - at));
