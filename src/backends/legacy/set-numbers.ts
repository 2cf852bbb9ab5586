import { type Namespace, netlinkAddon } from "../../native.js";
import {
  be32Attribute,
  byteAttribute,
  decodeReplies,
  encodeMessage,
  NLM_F,
  stringAttribute,
  textOf,
} from "../../netlink/message.js";
import type { SetNumbers } from "./encode.js";

/** linux/netfilter/nfnetlink.h, linux/netfilter/ipset/ip_set.h */
const NETLINK_NETFILTER = 12,
  SUBSYSTEM = 6 << 8,
  LIST = 7,
  GET_BYNAME = 14;
const ATTR = { protocol: 1, setName: 2, flags: 6, index: 11 } as const;
const PROTOCOL = 7,
  LIST_SETNAME = 1 << 1,
  TIMEOUT = 5_000;

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
  const names = [
    ...(await converse(namespace, [message(LIST, 1, NLM_F.dump, be32Attribute(ATTR.flags, LIST_SETNAME))])),
  ]
    .flatMap(({ attributes }) => attributes.get(ATTR.setName) ?? [])
    .map(textOf);
  const byName = new Map<string, number>(),
    byIndex = new Map<number, string>();
  if (names.length > 0) {
    const questions = names.map((name, i) =>
      message(GET_BYNAME, i + 1, NLM_F.ack, stringAttribute(ATTR.setName, name)),
    );
    for (const { sequence, attributes } of await converse(namespace, questions)) {
      const index = attributes.get(ATTR.index),
        name = names[sequence - 1];
      if (!index || name === undefined) continue;
      const number = (index[0]! << 8) | index[1]!;
      byName.set(name, number);
      byIndex.set(number, name);
    }
  }
  return { index: (name) => byName.get(name), name: (index) => byIndex.get(index) };
}

const message = (
  command: number,
  sequence: number,
  flags: number,
  attribute: Parameters<typeof encodeMessage>[0]["attributes"][number],
) =>
  encodeMessage({
    type: SUBSYSTEM | command,
    flags,
    sequence,
    family: 2,
    attributes: [byteAttribute(ATTR.protocol, PROTOCOL), attribute],
  });

async function converse(namespace: Namespace | undefined, messages: readonly Uint8Array[]) {
  const request = new Uint8Array(messages.reduce((n, m) => n + m.length, 0));
  let at = 0;
  for (const m of messages) {
    request.set(m, at);
    at += m.length;
  }
  const reply = await netlinkAddon().transact(NETLINK_NETFILTER, request, namespace, { timeout: TIMEOUT });
  return decodeReplies(new Uint8Array(reply));
}
