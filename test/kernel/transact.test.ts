import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Datagrams,
  datagramTransport,
  type Namespace as Network,
  netlinkAddon,
  netlinkTransport,
} from "../../src/native.js";
import { attributesOf, interrupted, type Reply, replies } from "../../src/netlink/replies.js";
import { NET_BYTEORDER, NETLINK, NFPROTO, NLM_F } from "../../src/netlink/wire.js";
import { MessageWriter } from "../../src/netlink/writer.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
const addon = netlinkAddon();
let network: Network;
beforeAll(() => {
  network = addon.openNamespace(`/proc/${namespace.pid}/ns/net`);
});
afterAll(() => network.close());

/** One request in so many datagrams. */
const converse = async (...datagrams: readonly Uint8Array[]): Promise<Uint8Array> =>
  datagramTransport(NETLINK.netfilter, network)(datagrams);
const repliesTo = async (...datagrams: readonly Uint8Array[]) => [...replies(await converse(...datagrams))];
/** Sequence and errno of each acknowledgement and refusal. */
const outcomes = (all: readonly Reply[]) =>
  all.flatMap((reply) => (reply.kind === "outcome" ? [[reply.sequence, reply.errno]] : []));

const written = (write: (writer: MessageWriter) => void): Uint8Array => {
  const writer = new MessageWriter();
  write(writer);
  return writer.take();
};

describe("ipset", () => {
  const ATTR = { protocol: 1, setName: 2, otherName: 3, data: 7, elements: 8, line: 9 } as const;
  const SWAP = 6,
    LIST = 7,
    ADD = 9;
  const message = (
    command: number,
    flags: number,
    sequence: number,
    set: string,
    write?: (writer: MessageWriter) => void,
  ): Uint8Array =>
    written((writer) => {
      writer.begin({ type: (6 << 8) | command, flags, sequence, family: NFPROTO.ipv4 });
      writer.u8(ATTR.protocol, 7);
      writer.text(ATTR.setName, set);
      write?.(writer);
      writer.end();
    });
  const CHUNK = 2_725,
    BASE = 0x0a000000;
  const add = (set: string, first: number, flags: number, sequence: number): Uint8Array =>
    message(ADD, flags, sequence, set, (writer) => {
      writer.be32(ATTR.line, 0);
      const all = writer.open(ATTR.elements);
      for (let i = 0; i < CHUNK; i++) {
        const element = writer.open(ATTR.data),
          address = writer.open(1);
        writer.be32(1 | NET_BYTEORDER, BASE + first + i);
        writer.close(address);
        writer.be32(ATTR.line | NET_BYTEORDER, i + 1);
        writer.close(element);
      }
      writer.close(all);
    });
  const swap = message(SWAP, NLM_F.ack, 99, "live", (writer) => writer.text(ATTR.otherName, "next"));
  const saved = (set: string): string[] => namespace.run("ipset", ["save", set]).match(/^add .*/gm) ?? [];
  beforeEach(() => {
    const sets = ["live", "next"].map((name) => `create ${name} hash:ip maxelem 1000000\n`);
    namespace.run("ipset", ["restore"], `${sets.join("")}add live 192.0.2.1\n`);
    return () => void namespace.run("ipset", ["destroy"]);
  });

  it("many elements in datagrams of 64 KiB, of which only the last is acknowledged", async () => {
    const chunks = Array.from({ length: 30 }, (_, i) => add("next", i * CHUNK, 0, i + 1));
    expect(chunks[0]!.length).toBeGreaterThan(65_400);
    expect(outcomes(await repliesTo(...chunks, swap))).toEqual([[99, 0]]);
    expect(new Set(saved("live")).size).toBe(30 * CHUNK);
    expect(saved("next")).toEqual(["add next 192.0.2.1"]);
  });

  it("what follows a refusal is not sent, and an error that holds 64 KiB of message arrives whole", async () => {
    const all = await repliesTo(
      add("next", 0, NLM_F.ack | NLM_F.exclusive, 1),
      add("next", CHUNK - 1, NLM_F.exclusive, 2),
      add("next", 2 * CHUNK, NLM_F.ack, 3),
      swap,
    );
    // IPSET_ERR_EXIST: the first element of the second datagram is the last of the first.
    expect(outcomes(all)).toEqual([
      [1, 0],
      [2, 4103],
    ]);
    const refusal = all[1]!;
    expect(refusal.end - refusal.at).toBeGreaterThan(65_400);
    expect(saved("live")).toEqual(["add live 192.0.2.1"]);
    expect(saved("next").length).toBe(CHUNK);
  });

  it("a list of a large set is whole", async () => {
    await converse(...Array.from({ length: 30 }, (_, i) => add("next", i * CHUNK, 0, i + 1)));
    const listed = new Set<string>();
    for (const reply of await repliesTo(message(LIST, NLM_F.dump, 5, "next")))
      if (reply.kind === "answer")
        for (const a = attributesOf(reply); a.next(); )
          if (a.type === ATTR.elements)
            for (const element = a.nest(); element.next(); ) {
              const ip = element.nest();
              ip.next();
              const address = ip.nest();
              address.next();
              listed.add([...address.data()].join("."));
            }
    expect(listed).toEqual(new Set(saved("next").map((line) => line.split(" ")[2])));
  });
});

describe("nf_tables", () => {
  const NFT = 10,
    NEWRULE = 6,
    GETRULE = 7,
    RULES = 30_000;
  const bound = (writer: MessageWriter, type: number): void =>
    writer.begin({ type, flags: 0, sequence: 0, family: NFPROTO.unspec, resource: NFT });
  const begin = (writer: MessageWriter, command: number, flags: number, sequence: number, chain: string) => {
    writer.begin({ type: (NFT << 8) | command, flags, sequence, family: NFPROTO.ipv4 });
    writer.text(1, "filter");
    writer.text(2, chain);
  };
  /** `-j ACCEPT` with a counter. */
  const rule = (writer: MessageWriter, sequence: number, flags = 0, chain = "INPUT"): void => {
    begin(writer, NEWRULE, NLM_F.create | NLM_F.append | flags, sequence, chain);
    const expressions = writer.open(4);
    for (const name of ["counter", "immediate"]) {
      const expression = writer.open(1);
      writer.text(1, name);
      const data = writer.open(2);
      if (name === "immediate") {
        writer.be32(1, 0);
        const value = writer.open(2),
          verdict = writer.open(2);
        writer.be32(1, 1);
        writer.close(verdict);
        writer.close(value);
      }
      writer.close(data);
      writer.close(expression);
    }
    writer.close(expressions);
    writer.end();
  };
  const batch = (write: (writer: MessageWriter) => void, generation = 0): Uint8Array =>
    written((writer) => {
      bound(writer, 0x10);
      writer.be32(1, generation);
      writer.end();
      write(writer);
      bound(writer, 0x11);
      writer.end();
    });
  const listed = (): number => namespace.run("iptables-nft", ["-S", "INPUT"]).match(/^-A/gm)?.length ?? 0;
  beforeAll(() => {
    namespace.run("iptables-nft", ["-P", "INPUT", "ACCEPT"]);
  });
  beforeEach(() => {
    namespace.run("iptables-nft", ["-F", "INPUT"]);
  });

  it("a batch far larger than a socket's buffer is one transaction", async () => {
    const request = batch((writer) => {
      for (let i = 1; i <= RULES; i++) rule(writer, i, i === RULES ? NLM_F.ack : 0);
    });
    expect(request.length).toBeGreaterThan(3_400_000);
    const reply = await netlinkTransport(NETLINK.netfilter, network)(request);
    expect(outcomes([...replies(reply)])).toEqual([[RULES, 0]]);
    expect(listed()).toBe(RULES);
  });

  it("every error of a refused batch arrives, and nothing of it is applied", async () => {
    const refused = await repliesTo(
      batch((writer) => {
        rule(writer, 1);
        for (let i = 2; i < 5_002; i++) rule(writer, i, 0, "nowhere");
      }),
    );
    expect(outcomes(refused)).toEqual(Array.from({ length: 5_000 }, (_, i) => [i + 2, 2]));
    expect(listed()).toBe(0);
    // ERESTART: not the generation that it was made for.
    const late = batch((writer) => rule(writer, 1, NLM_F.ack), 4_000_000_000);
    expect(outcomes(await repliesTo(late))).toEqual([[0, 85]]);
    expect(listed()).toBe(0);
  });

  it("a dump that a change has met says so", async () => {
    await converse(
      batch((writer) => {
        for (let i = 1; i <= RULES; i++) rule(writer, i);
      }),
    );
    const dump = written((writer) => {
      begin(writer, GETRULE, NLM_F.dump, 1, "INPUT");
      writer.end();
    });
    expect((await repliesTo(dump)).some(interrupted)).toBe(false);
    const change = batch((writer) => rule(writer, 1));
    let torn = false;
    for (let i = 0; i < 50 && !torn; i++) {
      const [all] = await Promise.all([repliesTo(dump), converse(change), converse(change)]);
      torn = all.some(interrupted);
    }
    expect(torn).toBe(true);
  });
});

describe("requests", () => {
  const noop = (sequence: number): Uint8Array =>
    written((writer) => {
      writer.beginBare({ type: 1, flags: NLM_F.ack, sequence }, 0);
      writer.end();
    });
  const transact = (request: Uint8Array | Datagrams) =>
    addon.transact(NETLINK.netfilter, request, network, { timeout: 2_000 });
  const answered = async (request: Uint8Array | Datagrams) =>
    [...replies(new Uint8Array(await transact(request)))].map(({ sequence }) => sequence);

  it("come in pieces, and are gone when they were sent", async () => {
    const request = new addon.Datagrams();
    for (const sequence of [1, 2]) request.push(noop(sequence));
    request.next();
    request.next();
    request.push(new Uint8Array(0));
    request.push(noop(3));
    request.next();
    expect(request.length).toBe(48);
    expect(await answered(request)).toEqual([1, 2, 3]);
    expect(request.length).toBe(0);
    await expect(transact(request)).rejects.toMatchObject({ errno: 22, syscall: "request", index: -1 });
    request.push(noop(4));
    expect(await answered(request)).toEqual([4]);
    expect(await answered(noop(5))).toEqual([5]);
  });

  it("are held until they are sent, in as many pieces as one call takes", async () => {
    const each = Array.from({ length: 1_024 }, (_, i) => i),
      messages = (from: number) => {
        const request = new addon.Datagrams();
        for (const sequence of each) request.push(noop(from + sequence));
        return request;
      };
    const requests = [0, 5_000].map(messages);
    // Nobody else has them by now.
    globalThis.gc?.();
    const [first, second] = await Promise.all(requests.map(answered));
    expect(first).toEqual(each);
    expect(second).toEqual(each.map((sequence) => 5_000 + sequence));
    const more = messages(0);
    more.push(noop(1_024));
    await expect(transact(more)).rejects.toMatchObject({ errno: 90, syscall: "sendmsg", index: 0 });
    const large = new Uint8Array(40 << 20);
    for (let at = 0; at < large.length; at += 1 << 20) {
      large.set(noop(at >> 20), at);
      new DataView(large.buffer).setUint32(at, 1 << 20, true);
    }
    const reply = await datagramTransport(NETLINK.netfilter, network)([large, [noop(99), large]]),
      forty = each.slice(0, 40);
    expect([...replies(reply)].map(({ sequence }) => sequence)).toEqual([...forty, 99, ...forty]);
  });

  it("that are none are refused before anything is sent", async () => {
    const failure = await converse(noop(1), noop(2).subarray(0, 12)).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ errno: 22, syscall: "request", index: 1, applied: false });
    for (const wrong of [undefined, null, "bytes", {}, new Uint32Array(4), new ArrayBuffer(16)])
      expect(() => addon.transact(NETLINK.netfilter, wrong as never, network, { timeout: 1 })).toThrow(
        TypeError,
      );
    for (const options of [undefined, {}, { timeout: "1" }])
      expect(() => addon.transact(NETLINK.netfilter, noop(1), network, options as never)).toThrow(TypeError);
  });
});
