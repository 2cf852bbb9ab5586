import type { Transport } from "../../native.js";
import { replies } from "../../netlink/replies.js";
import { NFPROTO, NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";

/** linux/netfilter/nf_tables_compat.h */
const GET = 11 << 8,
  ATTR = { name: 1, revision: 2, type: 3 } as const;

/** Whether nf_tables can hold matches and targets of iptables' kind here. Asking loads nft_compat where that is a module. */
export async function hasCompat(transport: Transport): Promise<boolean> {
  const request = new MessageWriter();
  request.begin({ type: GET, flags: NLM_F.ack, sequence: 1, family: NFPROTO.ipv4 });
  request.text(ATTR.name, "tcp");
  request.be32(ATTR.revision, 0);
  request.be32(ATTR.type, 0);
  request.end();
  for (const one of replies(await transport(request.take()))) if (one.kind === "answer") return true;
  return false;
}
