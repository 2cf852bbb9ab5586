import { netlinkAddon } from "../../src/native.js";
import { replies } from "../../src/netlink/replies.js";
import { NETLINK, NFPROTO, NLM_F } from "../../src/netlink/wire.js";
import { MessageWriter } from "../../src/netlink/writer.js";
import type { Namespace } from "./namespace.js";

/** linux/netfilter/nfnetlink_cttimeout.h */
const NEW = 8 << 8,
  NAME = 1,
  FAMILY = 2,
  PROTOCOL = 3,
  DATA = 4,
  ESTABLISHED = 3,
  TCP = 6;

/** What `nfct add timeout NAME inet tcp established 100` does; the program is not on every host. */
export async function timeoutPolicy(namespace: Namespace, name: string): Promise<void> {
  const w = new MessageWriter();
  w.begin({ type: NEW, flags: NLM_F.create | NLM_F.ack, sequence: 1, family: NFPROTO.unspec });
  w.text(NAME, name);
  w.be16(FAMILY, NFPROTO.ipv4);
  w.u8(PROTOCOL, TCP);
  const data = w.open(DATA);
  w.be32(ESTABLISHED, 100);
  w.close(data);
  w.end();
  const held = netlinkAddon().openNamespace(`/proc/${namespace.pid}/ns/net`),
    reply = await netlinkAddon().transact(NETLINK.netfilter, w.take(), held, { timeout: 10_000 });
  for (const one of replies(new Uint8Array(reply)))
    if (one.kind === "outcome" && one.errno !== 0)
      throw new Error(`timeout policy ${name}: errno ${one.errno}`);
}
