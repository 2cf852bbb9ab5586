import { type Namespace, netlinkTransport, type Transport } from "../native.js";
import { attributesOf, replies } from "../netlink/replies.js";
import { NETLINK, NFPROTO, NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";

/** Names and kernel numbers of the ipsets of one network namespace. */
export interface SetNumbers {
  index(name: string): number | undefined;
  name(index: number): string | undefined;
}

/** linux/netfilter/nfnetlink.h, linux/netfilter/ipset/ip_set.h */
const SUBSYSTEM = 6 << 8,
  LIST = 7,
  GET_BYNAME = 14;
const ATTR = { protocol: 1, setName: 2, flags: 6, index: 11 } as const;
const PROTOCOL = 7,
  LIST_SETNAME = 1 << 1;

/** Thrown where a rule names a set and nobody has asked the kernel for its sets yet. */
export class SetsNeeded extends Error {}
/** Asking loads the ipset module on some kernels, so it is done only for rules that use sets. */
export const setsNotRead: SetNumbers = {
  index() {
    throw new SetsNeeded();
  },
  name: () => undefined,
};

/** The kernel puts a set's number, not its name, into a rule: these are the numbers of one namespace, as of now. */
export async function readSetNumbers(namespace: Namespace | undefined): Promise<SetNumbers> {
  const transport = netlinkTransport(NETLINK.netfilter, namespace);
  const names = await setNames(transport);
  const byName = new Map<string, number>(),
    byIndex = new Map<number, string>();
  if (names.length > 0)
    for (const [name, number] of await indexesOf(transport, names)) {
      byName.set(name, number);
      byIndex.set(number, name);
    }
  return { index: (name) => byName.get(name), name: (index) => byIndex.get(index) };
}

async function setNames(transport: Transport): Promise<string[]> {
  const request = new MessageWriter(),
    names: string[] = [];
  begin(request, LIST, 1, NLM_F.dump);
  request.be32(ATTR.flags, LIST_SETNAME);
  request.end();
  for (const reply of replies(await transport(request.take())))
    if (reply.kind === "answer")
      for (const a = attributesOf(reply); a.next(); ) if (a.type === ATTR.setName) names.push(a.text());
  return names;
}

/** A set that went meanwhile is left out. */
async function indexesOf(transport: Transport, names: readonly string[]): Promise<[string, number][]> {
  const request = new MessageWriter(),
    found: [string, number][] = [];
  names.forEach((name, i) => {
    begin(request, GET_BYNAME, i + 1, NLM_F.ack);
    request.text(ATTR.setName, name);
    request.end();
  });
  for (const reply of replies(await transport(request.take()))) {
    const name = names[reply.sequence - 1];
    if (reply.kind !== "answer" || name === undefined) continue;
    for (const a = attributesOf(reply); a.next(); ) if (a.type === ATTR.index) found.push([name, a.be16()]);
  }
  return found;
}

function begin(request: MessageWriter, command: number, sequence: number, flags: number): void {
  request.begin({ type: SUBSYSTEM | command, flags, sequence, family: NFPROTO.ipv4 });
  request.u8(ATTR.protocol, PROTOCOL);
}
